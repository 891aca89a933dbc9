import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '@/lib/limits'
import { parseBulk } from './parse-bulk'

const bytes = (text: string) => new TextEncoder().encode(text)
const parse = (text: string) => parseBulk(bytes(text), 'default')

function itemsOf(text: string) {
  const parsed = parse(text)
  if (!parsed.ok) throw new Error(parsed.fault.reason)
  return parsed.items.map(({ action, index, id, start, end, problem }) => ({
    action,
    index,
    id,
    document: Buffer.from(bytes(text)).toString('utf8', start, end),
    ...(problem === null ? {} : { problem }),
  }))
}

describe('a body that is taken', () => {
  const item = { action: 'index', index: 'default', id: null, document: '{"a":1}' }
  test.each<[string, string, object[]]>([
    ['an action and its document', '{"index":{}}\n{"a":1}\n', [item]],
    ['an index and an id of its own', '{"create":{"_index":"logs","_id":"x"}}\n{"a":1}\n', [{ ...item, action: 'create', index: 'logs', id: 'x' }]],
    ['numbers and booleans as ids', '{"index":{"_id":12}}\n{}\n{"index":{"_id":true}}\n{}\n', [{ ...item, id: '12', document: '{}' }, { ...item, id: 'true', document: '{}' }]],
    ['null as no id', '{"index":{"_id":null,"_index":null}}\n{"a":1}\n', [item]],
    ['op_type', '{"index":{"op_type":"create"}}\n{"a":1}\n', [{ ...item, action: 'create' }]],
    ['a type, as shippers of old send it', '{"index":{"_index":"i","_type":"_doc"}}\n{"a":1}\n', [{ ...item, index: 'i' }]],
    ['parameters without a meaning here', '{"create":{"pipeline":"p","require_alias":true,"routing":"r","dynamic_templates":{"a":"b"}}}\n{"a":1}\n', [{ ...item, action: 'create' }]],
    ['line ends of Windows', '{"index":{}}\r\n{"a":1}\r\n', [item]],
    ['blank lines between actions', '\n  \n{"index":{}}\n{"a":1}\n\n\n', [item]],
    ['an empty line for a document', '{"index":{}}\n\n', [{ ...item, document: '' }]],
    ['a document that is not JSON', '{"index":{}}\nnot json\n', [{ ...item, document: 'not json' }]],
    ['a document that looks like an action', '{"index":{}}\n{"delete":{}}\n', [{ ...item, document: '{"delete":{}}' }]],
    ['a delete, which has no document', '{"delete":{"_id":"1"}}\n{"index":{}}\n{"a":1}\n', [{ ...item, action: 'delete', id: '1', document: '' }, item]],
    ['an update', '{"update":{"_id":"1","retry_on_conflict":3}}\n{"doc":{}}\n', [{ ...item, action: 'update', id: '1', document: '{"doc":{}}' }]],
    ['an empty id, refused by itself', '{"index":{"_id":""}}\n{}\n{"index":{}}\n{"a":1}\n', [{ ...item, id: '', document: '{}', problem: 'if _id is specified it must not be empty' }, item]],
    ['bytes that are not UTF-8 in a document', '{"index":{}}\n\ud800\n', [{ ...item, document: '\ufffd' }]],
  ])('%s', (_, text, expected) => {
    expect(itemsOf(text)).toEqual(expected)
  })

  test('an id that is too long is refused by itself', () => {
    const [long, fits] = itemsOf(`{"index":{"_id":"${'ä'.repeat(257)}"}}\n{}\n{"index":{"_id":"${'ä'.repeat(256)}"}}\n{}\n`)
    expect(long?.problem).toBe('id is too long, must be no longer than 512 bytes but was: 514')
    expect(fits?.problem).toBeUndefined()
  })
})

describe('a body that is refused', () => {
  const line = (number: number, rest: string) => `Malformed action/metadata line [${number}], expected ${rest}`
  test.each<[string, string]>([
    ['{"index":{}}\n{"a":1}', 'The bulk request must be terminated by a newline [\\n]'],
    ['{"index":{}}', 'The bulk request must be terminated by a newline [\\n]'],
    ['{"index":{}}\n', 'Malformed action/metadata line [1], its document is missing'],
    ['[]\n{}\n', line(1, 'START_OBJECT but found [START_ARRAY]')],
    ['"index"\n{}\n', line(1, 'START_OBJECT but found [VALUE_STRING]')],
    ['12\n{}\n', line(1, 'START_OBJECT but found [VALUE_NUMBER]')],
    ['null\n{}\n', line(1, 'START_OBJECT but found [VALUE_NULL]')],
    ['true\n{}\n', line(1, 'START_OBJECT but found [VALUE_BOOLEAN]')],
    ['{}\n{}\n', line(1, 'FIELD_NAME but found [END_OBJECT]')],
    ['{"upsert":{}}\n{}\n', line(1, 'field [create], [delete], [index] or [update] but found [upsert]')],
    ['{"__proto__":{}}\n{}\n', line(1, 'field [create], [delete], [index] or [update] but found [__proto__]')],
    ['{"toString":{}}\n{}\n', line(1, 'field [create], [delete], [index] or [update] but found [toString]')],
    ['{"index":null}\n{}\n', line(1, 'START_OBJECT but found [VALUE_NULL]')],
    ['{"index":[]}\n{}\n', line(1, 'START_OBJECT but found [START_ARRAY]')],
    ['{"index":{},"create":{}}\n{}\n', line(1, 'END_OBJECT but found [FIELD_NAME]')],
    ['{"index":{"_id":{}}}\n{}\n', line(1, 'a simple value for field [_id] but found [START_OBJECT]')],
    ['{"index":{"_index":["a"]}}\n{}\n', line(1, 'a simple value for field [_index] but found [START_ARRAY]')],
    ['{"index":{"routing":{}}}\n{}\n', line(1, 'a simple value for field [routing] but found [START_OBJECT]')],
    ['{"index":{"_foo":1}}\n{}\n', 'Action/metadata line [1] contains an unknown parameter [_foo]'],
    ['{"index":{"__proto__":1}}\n{}\n', 'Action/metadata line [1] contains an unknown parameter [__proto__]'],
    ['{"index":{}}\n{}\n\n{"x":1}\n{}\n', line(4, 'field [create], [delete], [index] or [update] but found [x]')],
    ['', 'request body is required'],
    ['\n', 'request body is required'],
  ])('%j', (text, reason) => {
    const parsed = parse(text)
    expect(parsed).toMatchObject({ ok: false, fault: { status: 400, reason } })
  })

  test('for an action line that is not JSON', () => {
    expect(parse('{"index":\n{}\n')).toMatchObject({ ok: false, fault: { status: 400, type: 'illegal_argument_exception', reason: expect.stringContaining('line [1]') as string } })
  })

  test('for an action line of a size that none has', () => {
    expect(parse(`{"index":{"_id":"${'x'.repeat(70_000)}"}}\n{}\n`)).toMatchObject({ ok: false, fault: { status: 400 } })
    expect(parse(`${'['.repeat(60_000)}\n{}\n`)).toMatchObject({ ok: false, fault: { status: 400 } })
  })

  test('for more actions than one request may have', () => {
    expect(parse('{"index":{}}\n{}\n'.repeat(LIMITS.pushItems))).toMatchObject({ ok: true })
    expect(parse('{"index":{}}\n{}\n'.repeat(LIMITS.pushItems + 1))).toMatchObject({ ok: false, fault: { status: 413 } })
  })
})

describe('whatever the bytes', () => {
  test('it answers, and items lie within the body one after another', () => {
    const pieces = fc.constantFrom('{"index":{}}', '{"create":{"_id":"1"}}', '{"delete":{}}', '{"update":{}}', '{"a":1}', '\n', '\n', '\r\n', '', '{', '}', '"', '\\', '\u0000', 'ä', '[[[[')
    const holds = fc.property(
      fc.oneof(fc.array(pieces, { maxLength: 40 }).map((parts) => Buffer.from(parts.join(''))), fc.uint8Array({ maxLength: 200 }).map((raw) => Buffer.from(raw))),
      (body) => {
        const parsed = parseBulk(body, 'default')
        if (!parsed.ok) return parsed.fault.reason !== ''
        let end = 0
        for (const item of parsed.items.filter(({ action }) => action !== 'delete')) {
          if (item.start < end || item.end < item.start || item.end > body.length) return false
          if (body.subarray(item.start, item.end).includes(0x0a)) return false
          end = item.end
        }
        return parsed.items.length > 0
      },
    )
    expect(fc.check(holds, { numRuns: 20_000 })).toMatchObject({ failed: false })
  })

  test('what was written in the format is read from it', () => {
    const id = fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: null })
    const written = fc.array(fc.record({ action: fc.constantFrom('index', 'create'), id, document: fc.json().map((text) => text.replaceAll('\n', ' ')) }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(written, (items) => {
        const text = items.map(({ action, id, document }) => `${JSON.stringify({ [action]: { _id: id } })}\n${document}\n`).join('')
        expect(itemsOf(text).map(({ action, id, document }) => ({ action, id, document }))).toEqual(items)
      }),
      { numRuns: 500 },
    )
  })
})
