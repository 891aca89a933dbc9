import { expect, test } from 'vitest'
import { readField } from '@/lib/ecs/event'
import { TEST_TIME, endEvent, execEvent, forkEvent, imdsPair, networkEvent, testHost, withFields } from './index'

test('the same call gives the same record, a different one another id', () => {
  expect(execEvent({ name: 'wget' })).toEqual(execEvent({ name: 'wget' }))
  expect(readField(execEvent({ name: 'wget' }), 'event.id')).not.toBe(readField(execEvent(), 'event.id'))
  expect(readField(execEvent({ id: 'mine' }), 'event.id')).toBe('mine')
})

test('exec, network and end of the defaults are one process', () => {
  const id = readField(execEvent(), 'process.entity_id')
  expect(readField(networkEvent(), 'process.entity_id')).toBe(id)
  expect(readField(endEvent({ at: TEST_TIME + 900 }), 'process.entity_id')).toBe(id)
  expect(readField(endEvent(), 'process.entity_id')).toBe(id)
  expect(readField(forkEvent(), 'process.name')).toBe('bash')
})

test('a pair shares host, parent and process, and is gapMs apart', () => {
  const [exec, network] = imdsPair({ gapMs: 1000, host: testHost({ name: 'app-02' }), pid: 9 })
  for (const field of ['host.id', 'process.entity_id', 'process.parent.entity_id']) {
    expect(readField(network, field)).toBe(readField(exec, field))
  }
  expect(readField(network, '@timestamp')).toBe('2026-11-03T10:00:01.000Z')
  expect(readField(network, 'destination.ip')).toBe('169.254.169.254')
})

test('fields have the last word and undefined removes one', () => {
  const event = execEvent({ fields: { 'process.working_directory': '/opt/nessus', 'host.os': undefined, 'a.b': 1 } })
  expect(readField(event, 'process.working_directory')).toBe('/opt/nessus')
  expect(readField(event, 'host.os.type')).toBeUndefined()
  expect(readField(withFields(event, { 'a.b': undefined, 'a.c': 2 }), 'a')).toEqual({ c: 2 })
  expect(readField(execEvent({ parent: null }), 'process.parent')).toBeUndefined()
})
