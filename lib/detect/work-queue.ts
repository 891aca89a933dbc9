import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'

/** What waits in the database to be worked on by the storing thread. */
export type QueuedWork = 'join' | 'retest' | 'tell' | 'start' | 'spread' | 'describe'

interface QueueTable {
  readonly table: string
  /** SQL: the rule a row `q` belongs to, and its name in `set_aside`. Text goes in as hex: whatever its bytes are, it is found by them. */
  readonly rule: string
  readonly key: string
  /** What one of its rows is, and several. */
  readonly one: string
  readonly many: string
}

/** All queues, in the order in which they are worked off. */
export const QUEUES: Readonly<Record<QueuedWork, QueueTable>> = {
  tell: { table: 'tell_queue', rule: '0', key: 'CAST(q.event_id AS TEXT)', one: 'record that tells of pids', many: 'records that tell of pids' },
  start: {
    table: 'start_queue',
    rule: '0',
    key: `(q.entity || ' ' || q.host || ' ' || hex(q.entity_id))`,
    one: 'process whose start is looked for',
    many: 'processes whose starts are looked for',
  },
  spread: { table: 'enrich_queue', rule: '0', key: `(q.host || ' ' || q.pid || ' ' || q.from_ts)`, one: 'pid of which more became known', many: 'pids of which more became known' },
  retest: { table: 'retest_queue', rule: '0', key: 'CAST(q.event_id AS TEXT)', one: 'stored event to be read again', many: 'stored events to be read again' },
  join: { table: 'join_queue', rule: 'q.rule_id', key: 'q."key"', one: 'key to be joined', many: 'keys to be joined' },
  describe: { table: 'describe_queue', rule: '0', key: 'CAST(q.alert_id AS TEXT)', one: 'alert of an earlier version to be described', many: 'alerts of an earlier version to be described' },
}

/** SQL: whether a row `q` of a queue is not set aside. */
export function goesOn(kind: QueuedWork): string {
  const { rule, key } = QUEUES[kind]
  return `NOT EXISTS (SELECT 1 FROM set_aside s WHERE s.work = '${kind}' AND s.rule_id = ${rule} AND s."key" = ${key})`
}

function anyWaits(kind: QueuedWork): string {
  return `EXISTS (SELECT 1 FROM ${QUEUES[kind].table} q WHERE ${goesOn(kind)})`
}

const ENRICHMENT_GOES_ON = `NOT EXISTS (SELECT 1 FROM set_aside s WHERE s.work = 'enrichment')`
const WAITING = `SELECT ${anyWaits('join')} OR ${ENRICHMENT_GOES_ON} AND (${(['retest', 'spread', 'start', 'tell'] as const).map((kind) => anyWaits(kind)).join(' OR ')})`

/** Whether anything that was stored is still to be looked up, tested or joined; what is set aside is not waited for. */
export function isWorkWaiting(db: Database): boolean {
  return prepared<[], number>(db, WAITING, 'values').get() !== 0
}

export interface Drained<Row> {
  /** The next rows that are not set aside. */
  readonly page: () => readonly Row[]
  /** Names a row as it is queued now: with its version, so that one to which more was added is another. */
  readonly nameOf: (row: Row) => string
  /** Works on rows and takes them off the queue, naming those to `gone`; answers what was done. */
  readonly act: (rows: readonly Row[], gone: (row: Row) => void) => number
  /** A row was worked on and is still there. */
  readonly stuck: (row: Row) => void
}

/**
 * Works a queue off page by page and answers what was done. A row that was worked on and did not leave would be worked on for ever: it
 * is given to `stuck`, which sets it aside, and not looked at again. So this ends whatever the rows hold and whatever becomes of them.
 */
export function drain<Row>({ page, nameOf, act, stuck }: Drained<Row>): number {
  let done = 0
  /** Worked on in the last pass and not taken off: by us, that is. Another process may have been faster, or added to it. */
  let left: ReadonlySet<string> = new Set()
  const passedOver = new Set<string>()
  for (;;) {
    const rows = page().filter((row) => !passedOver.has(nameOf(row)))
    if (rows.length === 0) return done
    const fresh: Row[] = []
    for (const row of rows) {
      const name = nameOf(row)
      if (!left.has(name)) {
        fresh.push(row)
        continue
      }
      passedOver.add(name)
      stuck(row)
    }
    const names = new Set(fresh.map(nameOf))
    if (fresh.length > 0) done += act(fresh, (row) => names.delete(nameOf(row)))
    left = names
  }
}
