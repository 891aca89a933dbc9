import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Database } from '@/lib/db/open'
import { openDatabase } from '@/lib/db/open'
import { markOf } from '@/lib/db/running-process'
import { QUEUES } from '@/lib/detect/work-queue'
import { inspectQueues } from './queues'

let dir: string
let db: Database
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'doctor-queues-'))
  db = openDatabase(dir, 'prisma/migrations')
})
afterEach(() => {
  db.close()
  rmSync(dir, { recursive: true })
})

const FULL = `
  INSERT INTO tell_queue (event_id) VALUES (1);
  INSERT INTO start_queue (entity, host, entity_id) VALUES (1, 1, CAST(x'EDA080' AS TEXT)), (2, 1, 'a');
  INSERT INTO enrich_queue (host, pid, from_ts, to_ts) VALUES (1, 1, 0, 1);
  INSERT INTO retest_queue (event_id) VALUES (1);
  INSERT INTO join_queue (rule_id, "key", from_ts, to_ts) VALUES (1, '["a"]', 0, 1);
  INSERT INTO describe_queue VALUES (1);`

/** This process, as the console of the directory. */
const hold = (): void => writeFileSync(path.join(dir, 'linklocal.lock'), JSON.stringify({ ...markOf(), since: 'now' }))

test('every queue that a running process does not move is named', () => {
  db.exec(FULL)
  hold()
  const { queues, problems } = inspectQueues(db, dir, () => undefined)
  expect(queues.map(({ name, waiting, moves }) => [name, waiting, moves])).toEqual(Object.values(QUEUES).map(({ table }) => [table, table === 'start_queue' ? 2 : 1, false]))
  expect(problems.map((problem) => /^The queue (\w+): .* process \d+ took in 5 s/.exec(problem)?.[1])).toEqual(Object.values(QUEUES).map(({ table }) => table))
})

test('one from which something is taken meanwhile moves', () => {
  db.exec(FULL)
  hold()
  const { queues, problems } = inspectQueues(db, dir, () => {
    db.exec('DELETE FROM start_queue WHERE entity = 1; UPDATE join_queue SET version = 2')
  })
  expect(queues.filter(({ moves }) => moves === true).map(({ name }) => name)).toEqual(['start_queue', 'join_queue'])
  expect(problems).toHaveLength(4)
})

test('where nobody runs, what waits is named at once with who will do it', () => {
  db.exec(FULL)
  const pause = vi.fn<(ms: number) => void>()
  const { problems } = inspectQueues(db, dir, pause)
  expect(pause).not.toHaveBeenCalled()
  expect(problems).toHaveLength(5)
  expect(problems[1]).toBe('No process works on the queue start_queue: 2 processes whose starts are looked for, so alerts may be missing. The next start of the console or ingest does it.')
})

test('what is set aside is not waited for', () => {
  db.exec(FULL)
  hold()
  db.exec(`INSERT INTO set_aside (work, rule_id, "key", error, at) VALUES ('tell', 0, '1', 'e', 0), ('start', 0, '1 1 EDA080', 'e', 0), ('start', 0, '2 1 61', 'e', 0),
    ('spread', 0, '1 1 0', 'e', 0), ('retest', 0, '1', 'e', 0), ('join', 1, '["a"]', 'e', 0), ('describe', 0, '1', 'e', 0)`)
  const { queues, problems } = inspectQueues(db, dir, () => undefined)
  expect(problems).toEqual([])
  expect(queues.every(({ waiting, set_aside: aside, moves }) => waiting === 0 && aside > 0 && moves === null)).toBe(true)
})

test('nothing waits in a new database', () => {
  hold()
  expect(inspectQueues(db, dir)).toMatchObject({ problems: [] })
})
