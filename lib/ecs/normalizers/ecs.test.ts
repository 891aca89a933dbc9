import { expect, test } from 'vitest'
import { normalizerOf } from './registry'

test.each([
  ['of several searches', { took: 1, responses: [{ hits: { hits: [{ _source: {} }] } }] }],
  ['of an asynchronous search', { id: 'x', is_partial: false, response: { hits: { hits: [] } } }],
])('an answer %s says how to send what is in it', (_, answer) => {
  expect(normalizerOf('ecs').normalize(JSON.stringify(answer))).toMatchObject({ ok: false, rejection: { code: 'no_timestamp', reason: expect.stringContaining('answer of Elasticsearch, not an event. Send its hits, one a line: jq -c ') as unknown } })
})

test('any other record without a time says so', () => {
  expect(normalizerOf('ecs').normalize('{"a":1}')).toMatchObject({ ok: false, rejection: { code: 'no_timestamp', reason: expect.stringContaining('has no @timestamp') as unknown } })
})
