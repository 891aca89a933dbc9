import { expect, test } from 'vitest'
import { execEvent, networkEvent } from '@/lib/ecs/testing'
import type { ExceptionEntry } from '@/lib/exceptions/schema'
import { columnsOfAlert, columnsOfStages, recordLabel } from './record-columns'

const is = (field: string, value: string): ExceptionEntry => ({ type: 'match', field, operator: 'included', value, case_insensitive: false })
const records = [
  { position: 0, role: 'exec' as const, stage: 0, isAsked: true, program: null, timestamp: null, event: execEvent({ args: ['curl', '-a', '-b', '-c', '-d'] }) },
  { position: 1, role: 'network' as const, stage: 1, isAsked: true, program: null, timestamp: null, event: networkEvent() },
]

test('each condition says what it saw in each record, and a record whether it meets all', () => {
  const [exec, network] = columnsOfAlert([is('process.name', 'curl'), is('destination.port', '80')], records, null)
  expect(exec).toMatchObject({ label: 'exec record', isAsked: true, meetsAll: false, cells: [{ state: 'yes', text: 'curl' }, { state: 'no', text: 'no such field' }] })
  expect(network).toMatchObject({ label: 'network record', meetsAll: true, cells: [{ state: 'yes' }, { state: 'yes', text: '80' }] })
})

test('many values are cut, a record of another stage is not asked, no conditions are met by nothing', () => {
  const [exec] = columnsOfAlert([is('process.args', 'x')], records, 1)
  expect(exec).toMatchObject({ isAsked: false, cells: [{ state: 'no', text: 'curl, -a, -b, … 2 more' }] })
  expect(columnsOfAlert([], records, null).map(({ meetsAll }) => meetsAll)).toEqual([false, false])
})

test('a record is called by its program and time; one that only tells the story is not asked', () => {
  const [exec] = columnsOfAlert([is('process.name', 'curl')], records.slice(0, 1).map((one) => ({ ...one, isAsked: false, program: 'curl', timestamp: '2026-11-28T10:12:03.220145Z' })), null)
  expect(exec).toMatchObject({ label: 'curl exec, 10:12:03.220', isAsked: false })
})

test('of many records it says how many', () => {
  const stages = [{ stage: 0, role: 'exec' as const, sampled: 50, entries: [{ present: 50, satisfied: 50 }, { present: 40, satisfied: 7 }, { present: 0, satisfied: 0 }, { present: 0, satisfied: 50 }] }]
  expect(columnsOfStages(stages, null)[0]?.cells).toEqual([
    { state: 'yes', text: '50 of 50 have it' },
    { state: 'some', text: '7 of 50' },
    { state: 'no', text: 'no such field' },
    { state: 'yes', text: 'no such field' },
  ])
})

test('two stages of one kind are told apart', () => {
  const two = [{ role: 'exec' as const, stage: 0 }, { role: 'exec' as const, stage: 2 }]
  expect(two.map((one) => recordLabel(one, two))).toEqual(['exec record, stage 1', 'exec record, stage 3'])
  expect(recordLabel({ role: 'exec', stage: null }, [])).toBe('exec record')
})
