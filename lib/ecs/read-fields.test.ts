import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '@/lib/limits'
import { WRAPPER } from './asked-fields'
import { withoutDots } from './dotted-names'
import { fieldReader } from './event'
import type { EcsEvent } from './event'
import { fieldTree } from './field-set'
import { readFields } from './read-fields'
import { execEvent, networkEvent } from './testing'

const FIELDS = ['@timestamp', 'host.id', 'event.category', 'process.parent.name', 'process.name', 'process.parent', 'a', 'a.b', 'a.b.c', 'b.c.d', 'c.a']
const readers = FIELDS.map((field) => fieldReader(field))

/** The values that a field has; what stands below it has names of its own. */
function scalarsIn(value: unknown): unknown[] {
  return [value].flat(LIMITS.recordDepth).filter((one) => typeof one !== 'object' && one !== undefined)
}

function valuesIn(event: EcsEvent): unknown[] {
  return readers.map((read) => scalarsIn(read(event)))
}

function skim(text: string | Buffer, fields: readonly string[] = FIELDS): Record<string, unknown> | null {
  return readFields(Buffer.from(text as string), fieldTree(fields, WRAPPER))
}

describe('what is asked for is read, the rest passed over', () => {
  test.each<[text: string, fields: readonly string[], read: unknown]>([
    ['{"a":{"b":1,"x":2},"y":3}', ['a.b'], { a: { b: 1 } }],
    ['{"a.b":1,"a":{"c":2}}', ['a.b', 'a.c'], { a: { c: 2, b: 1 } }],
    ['{"a":{"b.c":{"d":1,"e":2}}}', ['a.b.c.d'], { a: { b: { c: { d: 1 } } } }],
    ['{"a.b":1,"a":{"b":2,"b.c":3}}', ['a.b', 'a.b.c'], { a: { b: [2, 1, { c: 3 }] } }],
    ['{"a.b":{"c":1},"a":{"b.c":2}}', ['a.b.c'], { a: { b: { c: [2, 1] } } }],
    ['{"a.b":1,"a":[{"b":2},{"b":[3]}]}', ['a.b'], { a: [{ b: 2 }, { b: [3] }, { b: 1 }] }],
    ['{"a":{"b":{"c":1}}}', ['a.b', 'a.b.c'], { a: { b: { c: 1 } } }],
    ['{"a":[{"b":1,"x":[2]}],"b":[]}', ['a.b'], { a: [{ b: 1, x: [2] }] }],
    ['{"a":"text","b":null}', ['a.b', 'b'], { a: 'text', b: null }],
    ['{"a":[true,false,null,-0,1.5e3,"\\u0041","\\ud7ff"]}', ['a'], { a: [true, false, null, -0, 1500, 'A', '\ud7ff'] }],
    ['{"a":1,"a":2,"a":{"b":3}}', ['a.b'], { a: { b: 3 } }],
    ['{"_source":{"a":1,"x":2,"_source":{"a":3}},"a":4}', ['a'], { _source: { a: 1 }, a: 4 }],
    ['{"a":12345678901234567890}', ['a'], { a: Number('12345678901234567890') }],
    [' \t\r\n{ "x" : [ 1 , 2 ] , "a" : [ ] , "b" : { } } ', ['a', 'b.c'], { a: [], b: {} }],
    ['{}', ['a'], {}],
    ['{"a":"ünï\u{1F600}","b":"\\n"}', ['a', 'b'], { a: 'ünï\u{1F600}', b: '\n' }],
  ])('%s', (text, fields, read) => {
    expect(skim(text, fields)).toEqual(read)
  })

  test('bytes that are no UTF-8 read as JSON.parse reads them', () => {
    const bytes = Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from('","a":"'), Buffer.from([0xe2, 0x82]), Buffer.from('"}')])
    expect(skim(bytes, ['a'])).toEqual({ a: (JSON.parse(bytes.toString('utf8')) as { a: string }).a })
  })
})

describe('what is not read', () => {
  test.each([
    '', ' ', '[]', '1', 'null', '"a"', '{', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{,}', '{"a" 1}', '{"a":1 "b":2}', '{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":+1}',
    '{"a":-}', '{"a":1e}', '{"a":1e+}', '{"a":tru}', '{"a":nul}', '{"a":False}', '{"a":undefined}', '{"a":NaN}', "{'a':1}", '{"a":"\u0001"}', '{"a":"\t"}', '{"a":"\\x"}', '{"a":"\\u12g4"}',
    '{"a":"\\', '{"a":"\\u', '{"a":[1,]}', '{"a":[1 2]}', '{"a":[}', '{"a":{]}', '{"a":1}}', '{"a":1} x', '\ufeff{"a":1}', '{"x":"\u0001"}', '{"x":"\\q"}', '{"x":01}', '{"x":[1,]}', '{"x":{"y"}}',
    '{"x":1.}', '{"x":-}', '{"x":1e}', '{a:1}', '{"x":/**/1}', '{"a":1}\u0000',
  ])('%j is no document', (text) => {
    expect(skim(text)).toBeNull()
    expect(text === '[]' || text === '1' || text === 'null' || text === '"a"' || !isJson(text)).toBe(true)
  })

  test.each(['{"x":"\\ud800"}', '{"x":[{"y":"\\uDFFF"}],"a":1}', '{"a":"\\ud83d\\ude00"}', '{"host":{"id":"0123456789012345678901234567890123456789\\ud800"}}'])('half a surrogate pair may stand in %s: it is read whole, and every time', (text) => {
    const fields = fieldTree(['host.id', 'a'], WRAPPER)
    for (let times = 0; times < 3; times++) expect(readFields(Buffer.from(text), fields)).toBeNull()
  })

  test('what is nested too deep', () => {
    const nested = (depth: number): string => `{"x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)},"a":1}`
    expect(skim(nested(LIMITS.recordDepth), ['a'])).toEqual({ a: 1 })
    expect(skim(nested(LIMITS.recordDepth + 1), ['a'])).toBeNull()
  })

  test('keys that are written in another way are left to JSON.parse', () => {
    expect(skim('{"\\u0061":1}', ['a'])).toBeNull()
    expect(skim('{"ä":1}', ['ä'])).toBeNull()
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Documents that often have the keys that are asked for, with dots, in arrays, in each other. */
const key = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', 'a.b', 'b.c', 'b.c.d', 'process', 'parent', 'name', 'process.parent', 'host', 'id', 'host.id') }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) })
const { document } = fc.letrec<{ document: Record<string, unknown>; value: unknown }>((tie) => ({
  document: fc.dictionary(key, tie('value'), { maxKeys: 6 }),
  value: fc.oneof({ depthSize: 'small' }, fc.string({ unit: 'binary' }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt().map(Number), fc.boolean(), fc.constant(null), fc.array(tie('value'), { maxLength: 4 }), tie('document')),
}))

describe('beside JSON.parse', () => {
  test('every field reads the same in any document', () => {
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, 1, '\t'), fc.boolean(), (event, space, wrapped) => {
        const text = JSON.stringify(wrapped ? { _id: 'x', [WRAPPER]: event } : event, null, space)
        const read = skim(text)
        const parsed = JSON.parse(text) as EcsEvent
      const whole = wrapped ? { ...parsed, [WRAPPER]: withoutDots(parsed[WRAPPER]) } : withoutDots(parsed)
        // Keys beyond ASCII or with escapes are left to JSON.parse; of everything else nothing is.
        const unusual = read === null && /\\|[^\x20-\x7e\s]/.test(text)
        const seen = (one: EcsEvent | null): unknown[] => (one === null ? [] : valuesIn(wrapped ? (one[WRAPPER] as EcsEvent) : one))
        expect(unusual ? [] : seen(read)).toEqual(unusual ? [] : seen(whole))
      }),
      { numRuns: 3_000 },
    )
  })

  test('objects that stand in many documents, byte for byte or nearly, read the same in each', () => {
    const host = fc.record({ id: fc.constantFrom('web-1', 'web-2'), name: fc.constantFrom('w', 'v'), ip: fc.constant(['127.0.0.1', '10.20.30.40', '192.168.100.200']), os: fc.record({ type: fc.constantFrom('linux', 'other') }) })
    const documents = fc.array(fc.record({ 'host': host, 'process': fc.record({ name: fc.string(), parent: host }), 'a.b': host, 'padding': host }), { minLength: 5, maxLength: 40 })
    fc.assert(
      fc.property(documents, (events) => {
        // One tree for all of them, as in an import.
        const tree = fieldTree(['host.id', 'host.os.type', 'host.ip', 'process.parent.name', 'a.b.id'], WRAPPER)
        const read = [fieldReader('host.id'), fieldReader('host.os.type'), fieldReader('host.ip'), fieldReader('process.parent.name'), fieldReader('a.b.id'), fieldReader('padding')]
        for (const event of events) {
          const fields = readFields(Buffer.from(JSON.stringify(event)), tree) ?? {}
          expect(read.map((one) => one(fields))).toEqual(read.map((one, i) => (i === 5 ? undefined : one(event))))
        }
      }),
      { numRuns: 100 },
    )
  })

  test('an object that fits where it was met does not fit deeper', () => {
    const deep = `{"x":${'['.repeat(LIMITS.recordDepth - 3)}${']'.repeat(LIMITS.recordDepth - 3)},"name":"the same in both","id":"${'i'.repeat(40)}"}`
    const tree = fieldTree(['host.name'], WRAPPER)
    for (let i = 0; i < 3; i++) expect(readFields(Buffer.from(`{"host":${deep}}`), tree)).toEqual({ host: { name: 'the same in both' } })
    expect(readFields(Buffer.from(`{"_source":{"host":${deep}}}`), tree)).toEqual({ _source: { host: { name: 'the same in both' } } })
    const deeper = deep.replace('"x":[', '"x":[[').replace(']', ']]')
    expect(readFields(Buffer.from(`{"host":${deeper}}`), tree)).toEqual({ host: { name: 'the same in both' } })
    expect(readFields(Buffer.from(`{"_source":{"host":${deeper}}}`), tree)).toBeNull()
  })

  test('whatever is done to a document, what is read is JSON and reads the same', () => {
    const seeds = [execEvent({ name: 'curl', tty: true }), networkEvent(), { a: { b: [1, { c: 'ü' }], x: '\\"' }, 'b.c': { d: null }, 'n': [-1.5e-7, true] }].map((event) => Buffer.from(JSON.stringify(event)))
    const change = fc.record({ at: fc.nat(), to: fc.nat({ max: 20 }), put: fc.oneof(fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)), fc.constantFrom('"', '\\', ',', ':', '{', '}', '[', ']', '0', '-', 'e', '.', ' ', '\\u00', '"a":', 'null').map((text) => Buffer.from(text))) })
    let read = 0
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 3 }), (seed, changes) => {
        let bytes = seed
        for (const { at, to, put } of changes) {
          const from = at % (bytes.length + 1)
          bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + (to > 10 ? 0 : to))])
        }
        const fields = skim(bytes)
        if (fields !== null) read++
        expect(fields === null ? null : valuesIn(fields)).toEqual(fields === null ? null : valuesIn(withoutDots(JSON.parse(bytes.toString('utf8')) as EcsEvent)))
      }),
      { numRuns: 20_000 },
    )
    expect(read).toBeGreaterThan(500)
  })
})

const SAMPLES = path.join(process.cwd(), '..', 'shared', 'data')

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name)
    return statSync(file).isDirectory() ? filesBelow(file) : [file]
  })
}

test.skipIf(!existsSync(SAMPLES))('records of many sensors read the same', () => {
  let records = 0
  for (const file of filesBelow(SAMPLES).filter((name) => /\.(?:nd)?json$/.test(name))) {
    const text = readFileSync(file, 'utf8')
    const documents = (isJson(text) ? [text] : text.split('\n')).filter((record) => isJson(record) && record.trimStart().startsWith('{'))
    records += documents.length
    for (const record of documents) {
      const bytes = Buffer.from(record)
      const whole = withoutDots(JSON.parse(record) as EcsEvent)
      // All that the record has at its top, and what lies below its objects.
      const fields = [...FIELDS, ...Object.entries(whole).flatMap(([name, value]) => [name, ...(typeof value === 'object' && value !== null ? Object.keys(value).map((below) => `${name}.${below}`) : [])])]
      const read = readFields(bytes, fieldTree(fields, WRAPPER))
      expect(read).not.toBeNull()
      for (const field of fields) {
        const readOne = fieldReader(field)
        expect([file, field, scalarsIn(readOne(read ?? {}))]).toEqual([file, field, scalarsIn(readOne(whole))])
      }
    }
  }
  expect(records).toBeGreaterThan(50)
})
