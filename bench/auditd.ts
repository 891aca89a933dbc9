import { spawnSync } from 'node:child_process'
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { databasePath } from '@/lib/db/open'
import { Pipeline } from '@/lib/detect/pipeline'
import { normalizerOf } from '@/lib/ecs/normalizers/registry'
import { RecordReader, piecesOf } from '@/lib/ingest/record-reader'
import type { RawRecord } from '@/lib/ingest/split-records'
import { writeAudit } from './generate-audit'

/**
 * What it costs to take in raw audit records, everything on, beside two floors over the same lines on one thread: cutting the
 * file into events, and reading those as ECS. Each contestant runs in a process of its own, in turns; its best round counts. It
 * is in processor time, which other work on the machine lengthens as well, but less than the clock's.
 *   node bench/run.mjs auditd [--events 100000] [--rounds 3]
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '7' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
})
const count = Number(values.events)
const file = `.cache/bench/audit-${count}-${values.seed}.log`
const READ_BYTES = 1024 * 1024

interface Result {
  readonly cpuSeconds: number
  readonly peakBytes: number
  readonly records: number
  readonly databaseBytes: number
  readonly alerts: number
}

function cpuNow(): number {
  const usage = process.resourceUsage()
  return (usage.userCPUTime + usage.systemCPUTime) / 1e6
}

function measured(begun: number, rest: Pick<Result, 'records' | 'databaseBytes' | 'alerts'>): Result {
  return { cpuSeconds: cpuNow() - begun, peakBytes: process.resourceUsage().maxRSS * 1024, ...rest }
}

async function readAlone(normalize: boolean): Promise<Result> {
  const begun = cpuNow()
  const reader = new RecordReader({})
  const normalizer = normalizerOf('auditd')
  let records = 0
  const take = (found: readonly RawRecord[]): void => {
    for (const record of found) {
      if (normalize) normalizer.normalize(record.bytes.toString('utf8'))
      records++
    }
  }
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) for (const piece of piecesOf(chunk as Buffer)) take(reader.push(piece))
  take(reader.end())
  return measured(begun, { records, databaseBytes: 0, alerts: 0 })
}

async function ingest(): Promise<Result> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-bench-'))
  try {
    const pipeline = await Pipeline.open({ dataDir, root: process.cwd(), alone: false })
    const begun = cpuNow()
    const summary = await pipeline.ingest(createReadStream(file, { highWaterMark: READ_BYTES }), { name: 'bench', source: 'bench', kind: 'cli' }, { actor: 'bench' })
    const result = measured(begun, { records: summary.stored, databaseBytes: 0, alerts: summary.alerts })
    // Closing checkpoints the log into the file.
    await pipeline.close()
    return { ...result, databaseBytes: statSync(databasePath(dataDir)).size }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const CONTESTANTS: Readonly<Record<string, () => Promise<Result>>> = { split: () => readAlone(false), read: () => readAlone(true), ingest }

function inOwnProcess(only: string): Result {
  const child = spawnSync(process.execPath, [...process.execArgv, process.argv[1] ?? '', '--events', String(count), '--seed', values.seed, '--only', only], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.status !== 0) throw new Error(`${only} failed with ${child.status}`)
  return JSON.parse(child.stdout) as Result
}

async function main(): Promise<void> {
  if (values.only !== undefined) {
    process.stdout.write(JSON.stringify(await CONTESTANTS[values.only]?.()))
    return
  }
  if (!existsSync(file)) writeAudit(file, count, Number(values.seed))
  const bytes = statSync(file).size
  console.log(`${count.toLocaleString('en')} audit events, ${(bytes / 1e6).toFixed(0)} MB; Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'cpu'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`)
  const results = new Map(Object.keys(CONTESTANTS).map((name) => [name, [] as Result[]]))
  for (let round = 0; round < Number(values.rounds); round++) for (const [name, found] of results) found.push(inOwnProcess(name))
  const perEvent = (name: string): number => (Math.min(...(results.get(name) ?? []).map((r) => r.cpuSeconds)) / count) * 1e6
  const line = (name: string): string => `${perEvent(name).toFixed(1)} µs CPU an event, ${Math.round(1e6 / perEvent(name)).toLocaleString('en')} events a CPU second`
  const all = results.get('ingest') ?? []
  console.log(`cut into events    ${line('split')}`)
  console.log(`read as ECS        ${line('read')}`)
  console.log(`ingest, everything ${line('ingest')}, peak ${(Math.max(...all.map((r) => r.peakBytes)) / 2 ** 20).toFixed(0)} MiB`)
  console.log(`ratio              ${(perEvent('ingest') / perEvent('split')).toFixed(1)} of cutting, ${(perEvent('ingest') / perEvent('read')).toFixed(2)} of reading`)
  console.log(`database           ${((all[0]?.databaseBytes ?? 0) / bytes).toFixed(3)} of the raw bytes; stored ${all[0]?.records}, alerts ${all[0]?.alerts}`)
}

await main()
