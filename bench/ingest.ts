import { spawnSync } from 'node:child_process'
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { databasePath } from '@/lib/db/open'
import { Pipeline } from '@/lib/detect/pipeline'
import { RecordSplitter } from '@/lib/ingest/split-records'
import { writeEvents } from './generate-events'

/**
 * How fast a file becomes stored events and alerts, everything on (decode, normalise, hits, store, index, detect, durable),
 * beside JSON.parse alone over the same lines on one thread. Each contestant runs in a process of its own, in turns, so that
 * the ratio holds where a shared machine's absolute figures do not.
 *   node bench/run.mjs ingest [--events 1000000] [--rounds 3]
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '7' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
})
const count = Number(values.events)
const file = `.cache/bench/events-${count}-${values.seed}.ndjson`
const READ_BYTES = 1024 * 1024

interface Result {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakBytes: number
  readonly records: number
  readonly databaseBytes: number
  readonly alerts: number
}

function measured(started: number, rest: Pick<Result, 'records' | 'databaseBytes' | 'alerts'>): Result {
  const usage = process.resourceUsage()
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6, peakBytes: usage.maxRSS * 1024, ...rest }
}

async function parseAlone(): Promise<Result> {
  const started = performance.now()
  const splitter = new RecordSplitter()
  let records = 0
  const parse = (found: ReturnType<RecordSplitter['push']>): void => {
    for (const record of found) {
      JSON.parse(record.bytes.toString('utf8'))
      records++
    }
  }
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) parse(splitter.push(chunk as Buffer))
  parse(splitter.end())
  return measured(started, { records, databaseBytes: 0, alerts: 0 })
}

async function ingest(): Promise<Result> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-bench-'))
  try {
    const pipeline = await Pipeline.open({ dataDir, root: process.cwd(), alone: false })
    const started = performance.now()
    const summary = await pipeline.ingest(createReadStream(file, { highWaterMark: READ_BYTES }), { name: 'bench', source: 'bench', kind: 'cli' }, { actor: 'bench' })
    const result = measured(started, { records: summary.stored, databaseBytes: 0, alerts: summary.alerts })
    // Closing checkpoints the log into the file.
    await pipeline.close()
    return { ...result, databaseBytes: statSync(databasePath(dataDir)).size }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function inOwnProcess(only: string): Result {
  const child = spawnSync(process.execPath, [process.argv[1] ?? '', '--events', String(count), '--seed', values.seed, '--only', only], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.status !== 0) throw new Error(`${only} failed with ${child.status}`)
  return JSON.parse(child.stdout) as Result
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

async function main(): Promise<void> {
  if (values.only !== undefined) {
    process.stdout.write(JSON.stringify(values.only === 'parse' ? await parseAlone() : await ingest()))
    return
  }
  if (!existsSync(file)) await writeEvents(file, count, Number(values.seed))
  const bytes = statSync(file).size
  console.log(`${count.toLocaleString('en')} events, ${(bytes / 1e6).toFixed(0)} MB; Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'cpu'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`)
  const parsed: Result[] = []
  const ingested: Result[] = []
  for (let round = 0; round < Number(values.rounds); round++) {
    parsed.push(inOwnProcess('parse'))
    ingested.push(inOwnProcess('ingest'))
  }
  const rate = (results: readonly Result[]): string => `${Math.round(count / median(results.map((r) => r.seconds))).toLocaleString('en')} events/s`
  const cpu = (results: readonly Result[]): string => `${((median(results.map((r) => r.cpuSeconds)) / count) * 1e6).toFixed(1)} µs CPU an event`
  const ratios = parsed.map((alone, i) => alone.seconds / (ingested[i]?.seconds ?? Number.NaN))
  console.log(`JSON.parse alone   ${rate(parsed)}, ${cpu(parsed)}`)
  console.log(`ingest, everything ${rate(ingested)}, ${cpu(ingested)}, peak ${(Math.max(...ingested.map((r) => r.peakBytes)) / 2 ** 20).toFixed(0)} MiB`)
  console.log(`ratio              ${ratios.map((r) => r.toFixed(2)).join(', ')}: median ${median(ratios).toFixed(2)}`)
  console.log(`database           ${((ingested[0]?.databaseBytes ?? 0) / bytes).toFixed(3)} of the raw bytes; stored ${ingested[0]?.records}, alerts ${ingested[0]?.alerts}`)
}

await main()
