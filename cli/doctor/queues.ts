/** What waits in the queues of the storing thread, and whether it moves. */
import { lockHolder } from '@/lib/db/directory-lock'
import type { Database } from '@/lib/db/open'
import { isRunning } from '@/lib/db/running-process'
import type { ProcessMark } from '@/lib/db/running-process'
import { QUEUES, goesOn } from '@/lib/detect/work-queue'
import type { QueuedWork } from '@/lib/detect/work-queue'

export interface QueueReport {
  readonly name: string
  readonly waiting: number
  readonly set_aside: number
  /** Whether a process took anything of it while it was looked at; null when nothing waits. */
  readonly moves: boolean | null
}

/** How often the queues are looked at before one is said not to move, and how long after each other. */
const LOOKS = 5
const LOOK_MS = 1_000
/** Rows at its beginning by which a queue is known to have moved. */
const FIRST_ROWS = 20

const KINDS = Object.keys(QUEUES) as QueuedWork[]

interface Look {
  readonly waiting: number
  /** Its size and its first rows: what is taken off or added to changes it. */
  readonly state: string
}

/** A version before some of these tables has none of their faults. */
function exist(db: Database): boolean {
  const names = [...KINDS.map((kind) => QUEUES[kind].table), 'set_aside']
  const found = db.prepare<string[], number>(`SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN (${names.map(() => '?').join(', ')})`).pluck().get(...names)
  return found === names.length
}

function look(db: Database, kind: QueuedWork): Look {
  const from = `FROM ${QUEUES[kind].table} q WHERE ${goesOn(kind)}`
  const waiting = db.prepare<[], number>(`SELECT count(*) ${from}`).pluck().get() ?? 0
  const first = waiting === 0 ? [] : db.prepare<[number]>(`SELECT q.*, ${QUEUES[kind].key} AS name ${from} LIMIT ?`).all(FIRST_ROWS)
  return { waiting, state: JSON.stringify([waiting, first]) }
}

/** Who may work on them: the console of the directory, and whoever reads an import. */
function workersOf(db: Database, dataDir: string): readonly number[] {
  const readers = db.prepare<[], ProcessMark>("SELECT reader_pid AS pid, reader_start AS start FROM import WHERE status = 'running' AND reader_pid IS NOT NULL").all()
  const console = lockHolder(dataDir)
  return [...new Set([...(console ? [console] : []), ...readers].filter(isRunning).map(({ pid }) => pid))]
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/**
 * Looks at every queue, and for some seconds again at those in which something waits while a process runs that should take it. Answers
 * a sentence for each that does not move.
 */
export function inspectQueues(db: Database, dataDir: string, pause: (ms: number) => void = wait): { readonly queues: readonly QueueReport[]; readonly problems: readonly string[] } {
  if (!exist(db)) return { queues: [], problems: [] }
  const workers = workersOf(db, dataDir)
  const first = new Map(KINDS.map((kind) => [kind, look(db, kind)]))
  const still = new Set(KINDS.filter((kind) => (first.get(kind)?.waiting ?? 0) > 0))
  for (let looks = 0; looks < LOOKS && still.size > 0 && workers.length > 0; looks++) {
    pause(LOOK_MS)
    for (const kind of still) if (look(db, kind).state !== first.get(kind)?.state) still.delete(kind)
  }
  const queues = KINDS.map((kind): QueueReport => {
    const waiting = first.get(kind)?.waiting ?? 0
    const aside = db.prepare<[string], number>('SELECT count(*) FROM set_aside WHERE work = ?').pluck().get(kind) ?? 0
    return { name: QUEUES[kind].table, waiting, set_aside: aside, moves: waiting === 0 ? null : !still.has(kind) }
  })
  const problems = [...still].flatMap((kind) => {
    const { table, one, many } = QUEUES[kind]
    const waiting = first.get(kind)?.waiting ?? 0
    const what = `${table}: ${waiting.toLocaleString('en')} ${waiting === 1 ? one : many}`
    if (workers.length > 0) {
      return [`The queue ${what}, none of which process ${workers.join(' or ')} took in ${(LOOKS * LOOK_MS) / 1000} s, so alerts may be missing. Restart it: what does not leave the queue is then set aside and named here.`]
    }
    // Only a console describes them, and they are alerts all the same.
    return kind === 'describe' ? [] : [`No process works on the queue ${what}, so alerts may be missing. The next start of the console or ingest does it.`]
  })
  return { queues, problems }
}
