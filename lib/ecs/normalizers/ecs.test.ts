import { expect, test } from 'vitest'
import { normalizerOf, readStored } from './registry'

test.each([
  ['of several searches', { took: 1, responses: [{ hits: { hits: [{ _source: {} }] } }] }],
  ['of an asynchronous search', { id: 'x', is_partial: false, response: { hits: { hits: [] } } }],
])('an answer %s says how to send what is in it', (_, answer) => {
  expect(normalizerOf('ecs').normalize(JSON.stringify(answer))).toMatchObject({ ok: false, rejection: { code: 'no_timestamp', reason: expect.stringContaining('answer of Elasticsearch, not an event. Send its hits, one a line: jq -c ') as unknown } })
})

test('any other record without a time says so', () => {
  expect(normalizerOf('ecs').normalize('{"a":1}')).toMatchObject({ ok: false, rejection: { code: 'no_timestamp', reason: expect.stringContaining('has no @timestamp') as unknown } })
})

const RECORD = '"@timestamp":"2026-01-01T00:00:00Z","host":{"id":"h"}'
const event = (text: string | Buffer) => readStored('ecs', Buffer.from(text as string))

test.each<[string, string, unknown, readonly string[] | undefined]>([
  ['half a pair', `{${RECORD},"a":{"b":"x\\ud800"}}`, { a: { b: 'x\ufffd' } }, ['a.b']],
  ['in a list, in objects of it, and of a search hit', `{"_source":{${RECORD},"a":["\\uDC00",{"b":"\\ud83dx"}]}}`, { a: ['\ufffd', { b: '\ufffdx' }] }, ['a', 'a.b']],
  ['in a key, once', `{${RECORD},"k\\ud800":{"k\\ud800":"\\ud800"}}`, { 'k\ufffd': { 'k\ufffd': '\ufffd' } }, ['k\ufffd', 'k\ufffd.k\ufffd']],
  ['a whole pair is left', `{${RECORD},"a":"\\ud83d\\ude00"}`, { a: '\u{1F600}' }, undefined],
  ['an escaped backslash spells no pair', `{${RECORD},"a":"\\\\ud800"}`, { a: '\\ud800' }, undefined],
  ['U+FFFD that was sent is no repair', `{${RECORD},"a":"\ufffd"}`, { a: '\ufffd' }, undefined],
])('text is made well-formed and the event says where: %s', (_name, text, read, repaired) => {
  const { '@timestamp': _time, host: _host, linklocal, ...rest } = event(text)
  expect(rest).toEqual(read)
  expect(linklocal).toEqual(repaired === undefined ? undefined : { repaired })
})

test('bytes that are no UTF-8 read as half a pair does, and are told of as well', () => {
  const bytes = Buffer.concat([Buffer.from(`{${RECORD},"a":"x`), Buffer.from([0xff]), Buffer.from('"}')])
  expect(event(bytes)).toMatchObject({ a: 'x\ufffd', linklocal: { repaired: ['a'] } })
})

test('a key called __proto__ stays one', () => {
  const read = event(`{${RECORD},"__proto__":{"a":"\\ud800"}}`)
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
  expect(Object.entries(read).find(([key]) => key === '__proto__')).toEqual(['__proto__', { a: '\ufffd' }])
})

test('what a sender says in our name is not read', () => {
  expect(event(`{${RECORD},"linklocal":{"repaired":["a"]},"linklocal.enriched":[1],"linklocals":1}`)).not.toHaveProperty('linklocal')
  expect(event(`{${RECORD},"linklocal":{"enriched":[1]},"a":"\\ud800"}`)['linklocal']).toEqual({ repaired: ['a'] })
})
