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
 * Whether an event costs the same however many are stored already: the beginning of one file is taken in at several sizes, each
 * in a process and a database of its own, beside `JSON.parse` alone over the same lines. Of the largest the time of each tenth
 * is told as well.
 *   node bench/run.mjs scale [--sizes 100000,1000000,5000000]
 */
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100000,1000000,5000000' },
    seed: { type: 'string', default: '7' },
    only: { type: 'string' },
    events: { type: 'string' },
  },
})
const sizes = values.sizes.split(',').map(Number)
const largest = Math.max(...sizes)
const file = `.cache/bench/events-${largest}-${values.seed}.ndjson`
const READ_BYTES = 1024 * 1024

interface Result {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakBytes: number
  readonly databaseBytes: number
  readonly rawBytes: number
  readonly alerts: number
  /** Seconds at which each tenth of the events was stored. */
  readonly tenths: readonly number[]
}

/** The beginning of the file, up to and with line number `count`. */
async function* firstLines(count: number, counted: { bytes: number }): AsyncGenerator<Buffer> {
  let lines = 0
  for await (const read of createReadStream(file, { highWaterMark: READ_BYTES })) {
    const chunk = read as Buffer
    let at = 0
    while (lines < count) {
      const newline = chunk.indexOf(0x0a, at)
      if (newline === -1) break
      lines++
      at = newline + 1
    }
    const kept = lines === count ? chunk.subarray(0, at) : chunk
    counted.bytes += kept.length
    yield kept
    if (lines === count) return
  }
}

function usage(): Pick<Result, 'cpuSeconds' | 'peakBytes'> {
  const used = process.resourceUsage()
  return { cpuSeconds: (used.userCPUTime + used.systemCPUTime) / 1e6, peakBytes: used.maxRSS * 1024 }
}

async function parseAlone(count: number): Promise<Result> {
  const counted = { bytes: 0 }
  const started = performance.now()
  const splitter = new RecordSplitter()
  for await (const chunk of firstLines(count, counted)) for (const record of splitter.push(chunk)) JSON.parse(record.bytes.toString('utf8'))
  return { seconds: (performance.now() - started) / 1000, ...usage(), databaseBytes: 0, rawBytes: counted.bytes, alerts: 0, tenths: [] }
}

async function ingest(count: number): Promise<Result> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-bench-'))
  try {
    const pipeline = await Pipeline.open({ dataDir, root: process.cwd(), alone: false })
    const counted = { bytes: 0 }
    const tenths: number[] = []
    const started = performance.now()
    const summary = await pipeline.ingest(firstLines(count, counted), { name: 'bench', source: 'bench', kind: 'cli' }, {
      actor: 'bench',
      onProgress: ({ stored }) => {
        while (stored >= ((tenths.length + 1) * count) / 10) tenths.push((performance.now() - started) / 1000)
      },
    })
    const seconds = (performance.now() - started) / 1000
    if (summary.stored !== count) throw new Error(`${summary.stored} events stored of ${count}`)
    const used = usage()
    await pipeline.close()
    return { seconds, ...used, databaseBytes: statSync(databasePath(dataDir)).size, rawBytes: counted.bytes, alerts: summary.alerts, tenths }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function inOwnProcess(only: string, count: number): Result {
  const args = [process.argv[1] ?? '', '--sizes', values.sizes, '--seed', values.seed, '--only', only, '--events', String(count)]
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.status !== 0) throw new Error(`${only} failed with ${child.status}`)
  return JSON.parse(child.stdout) as Result
}

async function main(): Promise<void> {
  if (values.only !== undefined) {
    const count = Number(values.events)
    process.stdout.write(JSON.stringify(values.only === 'parse' ? await parseAlone(count) : await ingest(count)))
    return
  }
  if (!existsSync(file)) await writeEvents(file, largest, Number(values.seed))
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'cpu'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`)
  for (const count of sizes) {
    const alone = inOwnProcess('parse', count)
    const all = inOwnProcess('ingest', count)
    const each = (seconds: number): string => `${((seconds / count) * 1e6).toFixed(1)} µs`
    console.log(
      `${count.toLocaleString('en').padStart(9)} events  ${each(all.seconds)} an event, ${each(all.cpuSeconds)} CPU; JSON.parse alone ${each(alone.seconds)}, ratio ${(alone.seconds / all.seconds).toFixed(2)}; ` +
        `peak ${(all.peakBytes / 2 ** 20).toFixed(0)} MiB; database ${(all.databaseBytes / all.rawBytes).toFixed(3)} of the raw bytes; ${all.alerts} alerts`,
    )
    if (count !== largest) continue
    const spans = all.tenths.map((at, i) => (((at - (all.tenths[i - 1] ?? 0)) / count) * 10 * 1e6).toFixed(1))
    console.log(`          by tenths: ${spans.join(', ')} µs an event`)
  }
}

await main()
