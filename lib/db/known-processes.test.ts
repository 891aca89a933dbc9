import path from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Program, ToldProcess } from '@/lib/ecs/enrich'
import { findProgram, noteLineage } from './known-processes'
import { migrate } from './migrate'
import type { Database } from './open'

const db = new Sqlite(':memory:')
migrate(db, path.join(process.cwd(), 'prisma', 'migrations'))
db.exec("INSERT INTO host (id, host_id, name) VALUES (1, 'h', 'h')")

interface Child {
  readonly parentPid: number
  readonly ts: number
  readonly rank: number
}

type Step = { readonly child: Child } | { readonly told: ToldProcess; readonly ts: number }

interface Queued {
  readonly pid: number
  readonly from_ts: number
  readonly to_ts: number
}

/**
 * Takes the steps down one after another and, after each, asks again for just the children that were queued: what the
 * detector does. Answers what each child was last told.
 */
function follow(on: Database, steps: readonly Step[]): Map<Child, Program | null> {
  on.exec('DELETE FROM known_process; DELETE FROM parented_event; DELETE FROM enrich_queue')
  const answers = new Map<Child, Program | null>()
  for (const [id, step] of steps.entries()) {
    if ('child' in step) {
      answers.set(step.child, null)
      noteLineage(on, 1, { id, ts: step.child.ts }, { parentPid: step.child.parentPid, told: [] }, 1)
    } else noteLineage(on, 1, { id, ts: step.ts }, { parentPid: null, told: [step.told] }, 1)
    for (const { pid, from_ts, to_ts } of on.prepare<[], Queued>('SELECT pid, from_ts, to_ts FROM enrich_queue').all()) {
      for (const child of answers.keys()) {
        if (child.parentPid === pid && child.ts >= from_ts && child.ts <= to_ts) answers.set(child, findProgram(on, 'h', pid, { ms: child.ts, rank: child.rank }))
      }
    }
    on.exec('DELETE FROM enrich_queue')
  }
  return answers
}

const pid = fc.constantFrom(1, 2)
const ts = fc.integer({ min: 0, max: 6 })
const rank = fc.integer({ min: 0, max: 4 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ child: fc.record({ parentPid: pid, ts, rank }) }),
  fc.record({
    ts,
    told: fc.record({
      pid,
      kind: fc.constantFrom('exec' as const, 'fork' as const, 'end' as const, 'seen' as const, 'seen' as const),
      rank,
      executable: fc.constantFrom('/a', '/b', null),
      name: fc.constantFrom('a', 'b'),
    }),
  }),
)

test('children that are asked for again only when they are queued know what they would know if asked at the end', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 14 }), (steps) => {
      for (const [child, answer] of follow(db, steps)) expect(answer).toEqual(findProgram(db, 'h', child.parentPid, { ms: child.ts, rank: child.rank }))
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
        for (const [child, answer] of first) expect(second.get(child)).toEqual(answer)
      },
    ),
    { numRuns: 2000 },
  )
})
