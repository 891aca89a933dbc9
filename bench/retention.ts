import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { databasePath, openDatabase } from '@/lib/db/open'
import { StoreSink } from '@/lib/detect/store-sink'
import { runImport } from '@/lib/ingest/run-import'
import { DAY_MS } from '@/lib/retention/policy'
import { writeEvents } from './generate-events'

/**
 * What deleting costs: a database of generated events, all received in one import, an age that all of them have passed, and
 * the steps of the job one by one, as the storing thread does them between batches. The longest is how long storing may wait. In processor time, because other work on the machine is not the job's.
 *   node bench/run.mjs retention [--events 200000]
 */
const { values } = parseArgs({ options: { events: { type: 'string', default: '200000' }, seed: { type: 'string', default: '7' } } })
const count = Number(values.events)
const file = `.cache/bench/events-${count}-${values.seed}.ndjson`
const MIB = 2 ** 20

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}

async function main(): Promise<void> {
  if (!existsSync(file)) await writeEvents(file, count, Number(values.seed))
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-bench-'))
  let now = Date.now()
  try {
    const sink = new StoreSink({ dataDir, root: process.cwd(), clock: () => new Date(now), alone: true })
    const begun = process.cpuUsage()
    await runImport(sink, () => sink.rules(), createReadStream(file), { name: 'bench', source: 'bench', kind: 'cli' }, { actor: 'bench' })
    const { user: storing } = process.cpuUsage(begun)
    const stored = storing / 1e6
    const db = openDatabase(dataDir, 'prisma/migrations')
    db.prepare("INSERT INTO retention_policy (id, max_age_days, updated_by, updated_at, checked_at) VALUES (1, 1, 'bench', 0, 0)").run()
    db.pragma('wal_checkpoint(TRUNCATE)')
    const bytes = statSync(databasePath(dataDir)).size
    now += 2 * DAY_MS
    const phase = db.prepare<[], number>('SELECT events FROM retention_run ORDER BY id DESC LIMIT 1').pluck()
    const deleting: number[] = []
    const others: number[] = []
    let deleted = 0
    for (;;) {
      const from = process.cpuUsage()
      const more = sink.work()
      const { user, system } = process.cpuUsage(from)
      const took = (user + system) / 1000
      const events = phase.get() ?? 0
      if (events > deleted) deleting.push(took)
      else others.push(took)
      deleted = events
      if (!more) break
    }
    db.pragma('wal_checkpoint(TRUNCATE)')
    const run = db.prepare<[], { events: number; kept: number; bytes_returned: number }>('SELECT events, kept, bytes_returned FROM retention_run').get()
    const sum = (list: readonly number[]): number => list.reduce((total, ms) => total + ms, 0) / 1000
    deleting.sort((a, b) => a - b)
    others.sort((a, b) => a - b)
    console.log(`${count.toLocaleString('en')} events; Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'cpu'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`)
    console.log(`stored in          ${stored.toFixed(1)} s of one thread, database ${(bytes / MIB).toFixed(0)} MiB`)
    console.log(`deleted            ${run?.events.toLocaleString('en')} events, ${run?.kept} kept, in ${sum(deleting).toFixed(1)} s: ${Math.round((run?.events ?? 0) / sum(deleting)).toLocaleString('en')} events/s`)
    console.log(`one step           median ${quantile(deleting, 0.5).toFixed(0)} ms, 99 % ${quantile(deleting, 0.99).toFixed(0)} ms, longest ${(deleting.at(-1) ?? 0).toFixed(0)} ms (${deleting.length} steps)`)
    console.log(`given back         ${((run?.bytes_returned ?? 0) / MIB).toFixed(0)} MiB in ${sum(others).toFixed(1)} s, longest step ${(others.at(-1) ?? 0).toFixed(0)} ms; the file has ${(statSync(databasePath(dataDir)).size / MIB).toFixed(0)} MiB`)
    db.close()
    sink.close()
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

await main()
