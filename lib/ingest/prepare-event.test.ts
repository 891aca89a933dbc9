import { expect, test } from 'vitest'
import { askedFields } from '@/lib/ecs/asked-fields'
import { readField } from '@/lib/ecs/event'
import type { EcsEvent } from '@/lib/ecs/event'
import { normalizerOf } from '@/lib/ecs/normalizers/registry'
import { execEvent } from '@/lib/ecs/testing'
import { prepareEvent } from './prepare-event'
import type { RawRecord } from './split-records'

function record(document: unknown): RawRecord {
  const bytes = Buffer.from(JSON.stringify(document))
  return { number: 1, offset: 0, size: bytes.length, bytes, problem: null }
}

test('a field that nobody asked for before is read of the very event at which somebody asks', () => {
  const event = { ...execEvent(), labels: { never: { asked: 'before' }, other: 1 } }
  const read: unknown[] = []
  const hits = (seen: EcsEvent): [] => {
    read.push(readField(seen, 'labels.never.asked'))
    return []
  }
  const before = askedFields()
  expect(prepareEvent(record(event), normalizerOf('ecs'), hits).ok).toBe(true)
  expect(read).toEqual([undefined, 'before'])
  expect(askedFields()).not.toBe(before)

  // From then on it is among what is read, and what nobody asks for is not.
  const seen: EcsEvent[] = []
  expect(prepareEvent(record(event), normalizerOf('ecs'), (one) => (seen.push(one), [])).ok).toBe(true)
  expect(seen).toHaveLength(1)
  expect(seen[0]?.['labels']).toEqual({ never: { asked: 'before' } })
})

test('a record that cannot be stored is read whole, and says what is wrong with it', () => {
  const reasons = [{ host: { id: 'h' } }, { '@timestamp': 'x', 'host': { id: 'h' } }, { '@timestamp': 1 }].map((document) => {
    const prepared = prepareEvent(record(document), normalizerOf('ecs'), () => [])
    return prepared.ok ? null : prepared.reject.code
  })
  expect(reasons).toEqual(['no_timestamp', 'bad_timestamp', 'no_host'])
})

test('a record at which our own code throws is kept as rejected, with what was thrown', () => {
  const one = record(execEvent())
  const prepared = prepareEvent(one, normalizerOf('ecs'), () => {
    throw new TypeError('Cannot convert object to primitive value')
  })
  expect(prepared).toMatchObject({ ok: false, reject: { record: 1, bytes: one.bytes, code: 'fault', reason: expect.stringContaining('fault of Linklocal’s own: Cannot convert object to primitive value. The record is kept.') } })
})

test('a reason is text that the database can hold, whatever character stood in the way', () => {
  const bytes = Buffer.from('{"region":\u{1F600}"x"}')
  const prepared = prepareEvent({ number: 1, offset: 0, size: bytes.length, bytes, problem: null }, normalizerOf('ecs'), () => [])
  expect(prepared).toMatchObject({ ok: false, reject: { code: 'not_json' } })
  expect(prepared.ok ? '' : prepared.reject.reason).toSatisfy((reason: string) => reason.isWellFormed() && reason.startsWith('Not JSON'))
})
