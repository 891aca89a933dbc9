import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { LACKS } from '@/lib/ecs/enrich'
import { TEST_TIME, execEvent, networkEvent, withFields } from '@/lib/ecs/testing'
import { eventContext } from './ecs-view'
import { EVENT_READERS } from './ecs-event'
import { PROCESS_READERS } from './ecs-process'
import { mayBeFilledIn } from './event-filter'

/** What may be filled in, by what an event lacks. */
const FILLED: readonly (readonly [lacks: number, fields: Readonly<Record<string, unknown>>])[] = [
  [LACKS.id, { 'process.entity_id': 'filled' }],
  [LACKS.program, { 'process.executable': '/opt/filled.bin', 'process.name': 'filled' }],
  [LACKS.program, { 'process.executable': '/opt/filled.bin' }],
  [LACKS.program, { 'process.name': 'filled' }],
  [LACKS.parentId, { 'process.parent.entity_id': 'filled', 'process.parent.pid': 77 }],
  [LACKS.parentProgram, { 'process.parent.pid': 77, 'process.parent.executable': '/opt/filled', 'process.parent.name': 'filled' }],
]

const FIELDS = [
  ...Object.keys(EVENT_READERS),
  ...['process', 'exec', 'exit'].flatMap((prefix) => Object.keys(PROCESS_READERS).map((field) => `${prefix}.${field}`)),
]

test.each(FILLED)('every field that reads differently with %s filled in (%o) is known to', (lacks, fields) => {
  const open = withFields(execEvent({ at: TEST_TIME }), { 'process.executable': undefined, 'process.name': undefined, 'process.parent': undefined, 'process.entity_id': undefined })
  for (const event of [open, withFields(networkEvent({ at: TEST_TIME }), { 'process.executable': undefined, 'process.name': undefined, 'process.parent': undefined })]) {
    const before = eventContext(event)
    const after = eventContext(withFields(event, fields))
    const changed = FIELDS.filter((field) => !isDeepStrictEqual(before.read(field), after.read(field)))
    expect(changed.filter((field) => !mayBeFilledIn(field, lacks))).toEqual([])
  }
})

test('and none of them is taken for one where nothing is lacking', () => {
  expect(FIELDS.filter((field) => mayBeFilledIn(field, 0))).toEqual([])
  expect(FIELDS.filter((field) => mayBeFilledIn(field, LACKS.program))).toContain('exec.file.name')
})
