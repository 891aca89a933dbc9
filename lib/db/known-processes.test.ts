import path from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KnownPid, KnownRecord } from '@/lib/ecs/enrich'
import type { ToldProcess } from '@/lib/ecs/told-process'
import { findPid, noteAsked, noteTold } from './known-processes'
import { migrate } from './migrate'
import type { Database } from './open'

const db = new Sqlite(':memory:')
migrate(db, path.join(process.cwd(), 'prisma', 'migrations'))
db.exec("INSERT INTO host (id, host_id, name) VALUES (1, 'h', 'h')")

interface Child {
  readonly pid: number
  readonly ms: number
}

type Step = { readonly child: Child } | { readonly told: ToldProcess }

interface Queued {
  readonly pid: number
  readonly from_ts: number
  readonly to_ts: number
}

/** An answer without the number of the record, which follows the order of arrival. */
function answer(on: Database, { pid, ms }: Child): unknown {
  const plain = (record: KnownRecord | null): unknown => (record === null ? null : { ...record, eventId: null })
  const known: KnownPid = findPid(on, 1, pid, { ms, rank: 2 })
  return { life: plain(known.life), exec: plain(known.exec), seen: plain(known.seen) }
}

/**
 * Takes the steps down one after another and, after each, asks again for just the children that were queued: what the
 * detector does. Answers what each child was last told.
 */
function follow(on: Database, steps: readonly Step[]): Map<Child, unknown> {
  on.exec('DELETE FROM known_process; DELETE FROM parented_event; DELETE FROM enrich_queue')
  const answers = new Map<Child, unknown>()
  for (const [id, step] of steps.entries()) {
    if ('child' in step) {
      noteAsked(on, 1, step.child.pid, step.child.ms, id)
      answers.set(step.child, answer(on, step.child))
    } else noteTold(on, 1, id, [step.told], 1)
    for (const { pid, from_ts, to_ts } of on.prepare<[], Queued>('SELECT pid, from_ts, to_ts FROM enrich_queue').all()) {
      for (const child of answers.keys()) if (child.pid === pid && child.ms >= from_ts && child.ms <= to_ts) answers.set(child, answer(on, child))
    }
    on.exec('DELETE FROM enrich_queue')
  }
  return answers
}

const pid = fc.constantFrom(1, 2)
const ms = fc.integer({ min: 0, max: 6 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ child: fc.record({ pid, ms }) }),
  fc
    .record({
      pid,
      ms,
      kind: fc.constantFrom('exec' as const, 'fork' as const, 'start' as const, 'end' as const, 'seen' as const, 'seen' as const),
      rank: fc.integer({ min: 0, max: 4 }),
      executable: fc.constantFrom('/a', '/b', null),
      name: fc.constantFrom('a', 'b'),
      entityId: fc.constantFrom('x', 'y', null),
      parent: fc.constantFrom({ pid: 7, entityId: null, executable: null, name: null }, { pid: null, entityId: 'p', executable: '/p', name: 'p' }, null),
    })
    // Who gives ids tells of starts, not of what is merely there.
    .map((told) => ({ told: told.kind === 'seen' ? { ...told, entityId: null, parent: null } : told })),
)

test('children that are asked for again only when they are queued know what they would know if asked at the end', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 14 }), (steps) => {
      for (const [child, known] of follow(db, steps)) expect(known).toEqual(answer(db, child))
    }),
    { numRuns: 4000 },
  )
})

test('what is known at the end does not depend on the order in which it was told', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 2, maxLength: 12 }).chain((steps) => fc.tuple(fc.constant(steps), fc.shuffledSubarray(steps, { minLength: steps.length }))),
      ([steps, shuffled]) => {
        const first = follow(db, steps)
        const second = follow(db, shuffled)
        for (const [child, known] of first) expect(second.get(child)).toEqual(known)
      },
    ),
    { numRuns: 2000 },
  )
})

test('nothing is queued for pids that nobody asks for', () => {
  const told = { kind: 'exec', pid: 5, ms: 3, rank: 0, executable: '/a', name: 'a', entityId: null, parent: null } as const
  db.exec('DELETE FROM known_process; DELETE FROM parented_event; DELETE FROM enrich_queue')
  noteTold(db, 1, 1, [told], 1)
  expect(db.prepare('SELECT count(*) FROM enrich_queue').pluck().get()).toBe(0)
  noteAsked(db, 1, 5, 4, 2)
  noteTold(db, 1, 3, [{ ...told, ms: 4 }], 1)
  expect(db.prepare('SELECT count(*) FROM enrich_queue').pluck().get()).toBe(1)
})
