import { expect, test } from 'vitest'
import { IDENTITY_BYTES } from '@/lib/db/event-batch'
import { FATE } from '@/lib/ingest/pushed'
import { answerBulk, isStorable } from './answer-bulk'
import { parseBulk } from './parse-bulk'

function itemsOf(text: string) {
  const parsed = parseBulk(new TextEncoder().encode(text), 'logs')
  if (!parsed.ok) throw new Error(parsed.fault.reason)
  return parsed.items
}

function answerOf(...fates: number[]) {
  const rejections = fates.flatMap((fate, at) => (fate === FATE.rejected ? [{ at, code: 'no_timestamp', reason: 'The record has no @timestamp.' }] : []))
  return { fates: Uint8Array.from(fates), identities: new Uint8Array(fates.length * IDENTITY_BYTES).fill(255), rejections }
}

test('each item is answered in its place', () => {
  const items = itemsOf(
    ['{"create":{"_id":"a"}}', '{}', '{"delete":{"_id":"d"}}', '{"create":{"_id":"b"}}', '{}', '{"index":{"_index":"x","_id":"c"}}', '{}', '{"update":{"_id":"u"}}', '{}', '{"index":{"_id":"e"}}', '{}', '{"index":{"_id":""}}', '{}', '{"index":{}}', '{}', ''].join('\n'),
  )
  expect(items.map(isStorable)).toEqual([true, false, true, true, false, true, false, true])
  const body = JSON.parse(answerBulk(items, answerOf(FATE.stored, FATE.duplicate, FATE.duplicate, FATE.rejected, FATE.stored), 12.4)) as {
    took: number
    errors: boolean
    items: Record<string, { _index: string; _id: string | null; status: number; result?: string; error?: { type: string } }>[]
  }
  expect(body).toMatchObject({ took: 12, errors: true })
  const short = body.items.map((item) => Object.entries(item).map(([action, { _index, _id, status, result, error }]) => [action, _index, _id, status, result ?? error?.type])[0])
  expect(short).toEqual([
    ['create', 'logs', 'a', 201, 'created'],
    ['delete', 'logs', 'd', 400, 'illegal_argument_exception'],
    ['create', 'logs', 'b', 409, 'version_conflict_engine_exception'],
    ['index', 'x', 'c', 200, 'noop'],
    ['update', 'logs', 'u', 400, 'illegal_argument_exception'],
    ['index', 'logs', 'e', 400, 'document_parsing_exception'],
    ['index', 'logs', '', 400, 'illegal_argument_exception'],
    ['index', 'logs', '_'.repeat(26) + '8', 201, 'created'],
  ])
})

test('without a failed item there are no errors', () => {
  const items = itemsOf('{"index":{"_id":"1"}}\n{}\n{"create":{"_id":"2"}}\n{}\n')
  expect(JSON.parse(answerBulk(items, answerOf(FATE.duplicate, FATE.stored), 0))).toMatchObject({ errors: false })
})

test('names that look like code stay names', () => {
  const items = itemsOf('{"index":{"_index":"\\"},{","_id":"__proto__"}}\n{}\n')
  expect(JSON.parse(answerBulk(items, answerOf(FATE.stored), 0))).toMatchObject({ items: [{ index: { _index: '"},{', _id: '__proto__', status: 201 } }] })
})
