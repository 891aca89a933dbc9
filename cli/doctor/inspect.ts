import { existsSync, statfsSync, statSync } from 'node:fs'
import path from 'node:path'
import { findDamage } from '@/lib/db/find-damage'
import { databasePath, openReader } from '@/lib/db/open'
import type { Database } from '@/lib/db/open'
import { isWorldReadable } from '@/lib/db/private-files'
import { isWritable, readingPlace } from '@/lib/db/reading-place'
import type { ReadingPlace } from '@/lib/db/reading-place'
import { findWalDamage } from '@/lib/db/wal-damage'
import { listMigrations } from '@/lib/db/migrate'
import { errorMessage } from '@/lib/errors'
import { QUEUES } from '@/lib/detect/work-queue'
import { inspectQueues } from './queues'
import type { QueueReport } from './queues'

/** What `linklocal doctor --json` prints. Sizes in bytes, times ISO 8601 in UTC. */
export interface Report {
  readonly ok: boolean
  /** What is wrong, each a sentence; empty when nothing is. */
  readonly problems: readonly string[]
  /** What is worth while though nothing is wrong. */
  readonly advice: readonly string[]
  /** The Node that runs this: its version and its executable. */
  readonly runtime: { readonly node: string; readonly path: string }
  readonly data_dir: string
  /** This process cannot write it: what is stored can be read, and nothing can be taken in. */
  readonly read_only: boolean
  readonly database: { readonly path: string; readonly bytes: number; readonly wal_bytes: number; readonly integrity: 'ok' | 'damaged' | 'not checked' }
  readonly disk: { readonly free_bytes: number; readonly total_bytes: number }
  readonly migrations: { readonly applied: readonly string[]; readonly pending: readonly string[]; readonly unknown: readonly string[] }
  readonly counts: Readonly<Record<CountName, number>> | null
  /** What waits for the storing thread; empty for a database of a version without these queues. */
  readonly queues: readonly QueueReport[]
  readonly events: { readonly oldest: string | null; readonly newest: string | null } | null
  readonly imports: { readonly running: number; readonly ended_early: number; readonly last: string | null } | null
  readonly retention: {
    readonly max_age_days: number | null
    readonly max_bytes: number | null
    readonly paused: string | null
    /** Events deleted so far, and alerts that lost records. */
    readonly removed: number
    readonly alerts_without_records: number
    readonly last: { readonly status: string; readonly at: string | null; readonly events: number } | null
  } | null
}

const COUNTS = {
  events: 'SELECT count(*) FROM event',
  hosts: 'SELECT count(*) FROM host',
  sources: 'SELECT count(*) FROM source',
  rejected: 'SELECT count(*) FROM rejected_record',
  rules: 'SELECT count(*) FROM rule',
  rules_enabled: 'SELECT count(*) FROM rule WHERE enabled = 1',
  alerts: 'SELECT count(*) FROM alert',
  alerts_open: "SELECT count(*) FROM alert WHERE status = 'open'",
  exceptions: 'SELECT count(*) FROM exception',
  cases: 'SELECT count(*) FROM "case"',
  waiting_joins: 'SELECT count(*) FROM join_queue',
  set_aside: 'SELECT count(*) FROM set_aside',
} as const
type CountName = keyof typeof COUNTS

/** Below this an import may not come to its end. */
const LEAST_FREE_BYTES = 512 * 1024 * 1024
/** The log is folded into the file at a few MiB; a large one is a reader that never ends, or a process that was killed. */
const MOST_WAL_BYTES = 512 * 1024 * 1024

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function number(db: Database, sql: string): number | null {
  return db.prepare<[], number | null>(sql).pluck().get() ?? null
}

function iso(ms: number | null): string | null {
  if (ms === null) return null
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString()
}

/** What each event, block and link must find; said in the plural, with the number in front. */
const REFERENCES: readonly { readonly sql: string; readonly says: string }[] = [
  { sql: 'event e WHERE NOT EXISTS (SELECT 1 FROM event_block b WHERE b.id = e.block AND e.block_at < length(b."index") / 4)', says: 'events whose record is missing' },
  { sql: 'event_block WHERE id NOT IN (SELECT block FROM event)', says: 'blocks of records that no event names' },
  { sql: 'rule_hit h WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.id = h.event_id)', says: 'hits of rules whose event is missing' },
  {
    sql: `alert_event l WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.id = l.event_id)
      AND NOT EXISTS (SELECT 1 FROM removed_record r WHERE r.alert_id = l.alert_id AND r.event_id = l.event_id)`,
    says: 'records of alerts that are missing though retention did not delete them',
  },
  { sql: 'removed_record r JOIN event e ON e.identity = r.identity', says: 'records of alerts that are stored again but not linked' },
]

function referenceProblems(db: Database): readonly string[] {
  return REFERENCES.flatMap(({ sql, says }) => {
    const found = number(db, `SELECT count(*) FROM ${sql}`) ?? 0
    return found === 0 ? [] : [`${found.toLocaleString('en')} ${says}. Restore a backup, or send the events again.`]
  })
}

/** What failed again and again, by what it is, with the first of it. */
function setAsideProblems(db: Database): readonly string[] {
  const rows = db
    .prepare<[], { work: string; n: number; rule: string | null; key: string; error: string }>(
      `SELECT s.work, count(*) AS n, r.name AS rule, s."key", s.error, min(s.at) FROM set_aside s LEFT JOIN rule r ON r.id = s.rule_id GROUP BY s.work, s.rule_id ORDER BY s.work, s.rule_id`,
    )
    .all()
  return rows.map(({ work, n, rule, key, error }) => {
    const number = n.toLocaleString('en')
    const queue = Object.entries(QUEUES).find(([kind]) => kind === work)?.[1]
    const what =
      work === 'join'
        ? `Joining ${number} ${n === 1 ? 'key' : 'keys'} of the rule ${JSON.stringify(rule)} (${key})`
        : work === 'retest'
          ? `Reading ${number} stored ${n === 1 ? 'event' : 'events'} again (${key})`
          : queue
            ? `Work on ${number} ${n === 1 ? queue.one : queue.many} (${queue.table}, ${key})`
            : 'Looking up what events leave out'
    return `${what} failed again and again, so alerts may be missing: ${error}. It is tried again when Linklocal starts or rules are changed; its log says more.`
  })
}

/** How many rules are named. */
const NAMED_RULES = 5

/** Rules that an upgrade gave reason to run over what is stored. */
function rerunAdvice(db: Database): readonly string[] {
  const rows = db.prepare<[], { name: string; at: number }>('SELECT name, rerun_advised_at AS at FROM rule WHERE enabled = 1 AND rerun_advised_at IS NOT NULL ORDER BY name').all()
  const [first] = rows
  if (first === undefined) return []
  const more = rows.length > NAMED_RULES ? ` and ${rows.length - NAMED_RULES} more` : ''
  const names = `${rows.slice(0, NAMED_RULES).map(({ name }) => JSON.stringify(name)).join(', ')}${more}`
  return [`Since the upgrade of ${iso(first.at)} rules may find more in what was stored before. Run them over stored events from their pages: ${names}.`]
}

function readRetention(db: Database): Report['retention'] {
  const policy = db.prepare<[], { max_age_days: number | null; max_bytes: number | null; paused: string | null }>('SELECT max_age_days, max_bytes, paused FROM retention_policy').get()
  const last = db.prepare<[], { status: string; started_at: number; events: number }>('SELECT status, started_at, events FROM retention_run ORDER BY id DESC LIMIT 1').get()
  return {
    max_age_days: policy?.max_age_days ?? null,
    max_bytes: policy?.max_bytes ?? null,
    paused: policy?.paused ?? null,
    removed: number(db, 'SELECT sum(removed) FROM import') ?? 0,
    alerts_without_records: number(db, 'SELECT count(*) FROM alert WHERE records_removed_at IS NOT NULL') ?? 0,
    last: last === undefined ? null : { status: last.status, at: iso(last.started_at), events: last.events },
  }
}

function readMigrations(db: Database, known: readonly string[]): Report['migrations'] {
  const exists = number(db, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'")
  const applied =
    exists === 0
      ? []
      : db.prepare<[], string>('SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1').pluck().all()
  return { applied, pending: known.filter((name) => !applied.includes(name)), unknown: applied.filter((name) => !known.includes(name)) }
}

function readContents(db: Database): Pick<Report, 'counts' | 'events' | 'imports' | 'retention' | 'advice'> {
  const counts = Object.fromEntries(Object.entries(COUNTS).map(([name, sql]) => [name, number(db, sql) ?? 0])) as Record<CountName, number>
  // Identities begin with the time, so the ends of their index are the oldest and the newest event.
  const edge = (end: 'min' | 'max') => number(db, `SELECT ts FROM event WHERE identity = (SELECT ${end}(identity) FROM event)`)
  return {
    counts,
    events: { oldest: iso(edge('min')), newest: iso(edge('max')) },
    imports: {
      running: number(db, "SELECT count(*) FROM import WHERE status = 'running'") ?? 0,
      ended_early: number(db, "SELECT count(*) FROM import WHERE status IN ('failed', 'cancelled')") ?? 0,
      last: iso(number(db, 'SELECT max(started_at) FROM import')),
    },
    retention: readRetention(db),
    advice: rerunAdvice(db),
  }
}

/** A database whose first page is damaged cannot be opened: the copy of a read-only one is not left behind then. */
function openPlace(place: ReadingPlace): Database {
  try {
    return openReader(place.dataDir)
  } catch (error) {
    place.leave()
    throw error
  }
}

/** Looks at a data directory without changing it. `root` is the package's folder, whose migrations are the known ones. */
export function inspect(dataDir: string, root: string, { quick }: { quick: boolean }): Report {
  const file = databasePath(dataDir)
  const problems: string[] = []
  const runtime = { node: process.versions.node, path: process.execPath }
  const known = listMigrations(path.join(root, 'prisma', 'migrations'))
  const empty = { counts: null, advice: [], queues: [], events: null, imports: null, retention: null, migrations: { applied: [], pending: known, unknown: [] } }
  if (!existsSync(file)) {
    const problem = `There is no database in ${dataDir}. Start the console or ingest events, or name another data directory with --data.`
    return { ok: false, problems: [problem], runtime, data_dir: dataDir, read_only: false, database: { path: file, bytes: 0, wal_bytes: 0, integrity: 'not checked' }, disk: { free_bytes: 0, total_bytes: 0 }, ...empty }
  }

  const stat = statfsSync(dataDir)
  const disk = { free_bytes: stat.bavail * stat.bsize, total_bytes: stat.blocks * stat.bsize }
  if (disk.free_bytes < LEAST_FREE_BYTES) problems.push(`Only ${Math.floor(disk.free_bytes / 1024 / 1024)} MiB are free on the disk of ${dataDir}.`)
  const database = { path: file, bytes: sizeOf(file), wal_bytes: sizeOf(`${file}-wal`), integrity: 'not checked' as Report['database']['integrity'] }
  if (database.wal_bytes > MOST_WAL_BYTES) {
    problems.push(`The write-ahead log has ${Math.floor(database.wal_bytes / 1024 / 1024)} MiB. Restart the console so that it is folded into the database.`)
  }

  // What SQLite puts beside it has the same mode.
  if (isWorldReadable(dataDir, file)) {
    problems.push(`Everybody on this machine can read ${path.basename(file)} in ${dataDir}: events, and the hashes of push tokens. Take it from them: chmod go= ${dataDir}`)
  }

  let contents: Pick<Report, 'counts' | 'advice' | 'queues' | 'events' | 'imports' | 'retention' | 'migrations'> = empty
  try {
    const place = readingPlace(dataDir)
    // Looked at before anything is opened: who opens a database may begin its log anew.
    const logDamage = findWalDamage(dataDir)
    const db = openPlace(place)
    try {
      const damage = [...(logDamage === null ? [] : [logDamage]), ...findDamage(db, path.join(root, 'prisma', 'migrations'), { quick })]
      database.integrity = damage.length === 0 ? 'ok' : 'damaged'
      problems.push(...damage)
      const migrations = readMigrations(db, known)
      const { queues, problems: waiting } = inspectQueues(db, dataDir)
      contents = { ...empty, migrations, queues }
      problems.push(...waiting)
      if (migrations.unknown.length > 0) problems.push(`A newer version of Linklocal wrote this database: it has the migration ${migrations.unknown.at(-1)}.`)
      if (migrations.pending.length === 0) {
        contents = { migrations, queues, ...readContents(db) }
        const { retention } = contents
        if (!quick) problems.push(...referenceProblems(db))
        problems.push(...setAsideProblems(db))
        if (retention?.last?.status === 'failed') problems.push(`The last run of retention failed (${retention.last.at}): linklocal retention show says why.`)
      } else if (migrations.unknown.length === 0) problems.push('Migrations are pending: they are applied the next time the console starts or events are ingested.')
    } finally {
      db.close()
      place.leave()
    }
  } catch (error) {
    database.integrity = 'damaged'
    problems.push(`The database cannot be read: ${errorMessage(error)}. Restore a backup, or name another data directory with --data.`)
  }
  return { ok: problems.length === 0, problems, runtime, data_dir: dataDir, read_only: !isWritable(dataDir), database, disk, ...contents }
}
