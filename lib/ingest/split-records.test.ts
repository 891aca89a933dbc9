import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecordSplitter } from './split-records'

function split(text: string | Buffer, chunk = 1 << 20, limit?: number) {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text)
  const splitter = new RecordSplitter(limit)
  const records = []
  for (let i = 0; i < bytes.length; i += chunk) records.push(...splitter.push(bytes.subarray(i, i + chunk)))
  records.push(...splitter.end())
  return { format: splitter.format, records, texts: records.map((r) => r.bytes.toString()) }
}

describe('RecordSplitter', () => {
  test.each([
    ['lines', '{"a":1}\n{"b":2}\n', 'ndjson', ['{"a":1}', '{"b":2}']],
    ['no newline at the end', '{"a":1}\n{"b":2}', 'ndjson', ['{"a":1}', '{"b":2}']],
    ['CRLF and empty lines', '{"a":1}\r\n\r\n\n{"b":2}\r\n', 'ndjson', ['{"a":1}', '{"b":2}']],
    ['a byte order mark', '\uFEFF{"a":1}\n', 'ndjson', ['{"a":1}']],
    ['a broken line among whole ones', '{"a":1}\n{"b":\nnope\n{"c":3}', 'ndjson', ['{"a":1}', '{"b":', 'nope', '{"c":3}']],
    ['a broken first line', '{"a":\n{"b":2}', 'ndjson', ['{"a":', '{"b":2}']],
    ['an array', '[{"a":1},{"b":[1,2]}]', 'json-array', ['{"a":1}', '{"b":[1,2]}']],
    ['a pretty array', '[\n  {\n "a": "}]" },\n  { "b\\"": 2 }\n]\n', 'json-array', ['{\n "a": "}]" }', '{ "b\\"": 2 }']],
    ['an array of odd things', '[1, "x,]", null, [2], {"a":1}]', 'json-array', ['1', '"x,]"', 'null', '[2]', '{"a":1}']],
    ['an empty array', '[]', 'json-array', []],
    ['one pretty object', '{\n  "a": 1\n}\n', 'json', ['{\n  "a": 1\n}']],
    ['pretty objects in a row', '{\n"a":1\n}\n{\n"b":2}', 'json', ['{\n"a":1\n}', '{\n"b":2}']],
    ['objects right behind one another', '{"a":"}{"}{"b":2} {"c":3}', 'json', ['{"a":"}{"}', '{"b":2}', '{"c":3}']],
    ['objects behind one another in several lines', '{"a":1}{"b":2}\n{"c":3}{"d":4}\n', 'json', ['{"a":1}', '{"b":2}', '{"c":3}', '{"d":4}']],
    ['one object and something else behind it', '{"a":1} x{"b":2}\n{"c":3}', 'ndjson', ['{"a":1} x{"b":2}', '{"c":3}']],
    ['the answer of a search', '{"took":5,"_shards":{"hits":[0]},"hits":{"total":{"value":2},"hits":[{"_id":"a","_source":{"x":"]}"}},{"_source":{"y":[1]}}]},"aggregations":{"hits":{"hits":[{"z":1}]}}}\n', 'search-response', ['{"_id":"a","_source":{"x":"]}"}}', '{"_source":{"y":[1]}}']],
    ['a pretty answer', '{\n  "took" : 5,\n  "hits" : {\n    "hits" : [\n      {\n        "_source" : { "a" : 1 }\n      },\n      { "b": 2 }\n    ]\n  }\n}\n', 'search-response', ['{\n        "_source" : { "a" : 1 }\n      }', '{ "b": 2 }']],
    ['answers one after another', '{"_scroll_id":"x","hits":{"hits":[{"a":1}]}}\n{"took":1,"hits":{"hits":[]}}{"hits":{"max_score":null,"hits":[{"b":2},3]}}', 'search-response', ['{"a":1}', '{"b":2}', '3']],
    ['what only begins like an answer', '{"took":5,"@timestamp":1}\n{"a":1}', 'ndjson', ['{"took":5,"@timestamp":1}', '{"a":1}']],
    ['hits of an event', '{"a":1,"hits":{"hits":[{"b":2}]}}', 'ndjson', ['{"a":1,"hits":{"hits":[{"b":2}]}}']],
    ['nothing', '', 'ndjson', []],
    ['white space', ' \n ', 'ndjson', []],
  ])('%s', (_name, text, format, expected) => {
    for (const chunk of [1, 3, 1 << 20]) {
      const result = split(text, chunk)
      expect({ format: result.format, texts: result.texts }).toEqual({ format, texts: expected })
    }
  })

  test('an array cut off in the middle keeps what was whole', () => {
    const { records } = split('[{"a":1},{"b":')
    expect(records.map((r) => [r.bytes.toString(), r.problem])).toEqual([
      ['{"a":1}', null],
      ['{"b":', 'unterminated'],
    ])
  })

  test('the hits of an answer say where they stand, one after another, however large it is, and its end', () => {
    const hits = Array.from({ length: 3_000 }, (_, n) => `{"_source":{"n":${n},"text":"\\"hits\\":[${'x'.repeat(n % 50)}"}}`)
    const answer = `{"took":1,"hits":{"hits":[${hits.join(',')}]},"more":{"hits":{"hits":[1]}}}`
    const file = `${answer}\n{"error":{}}\n${answer}`
    for (const chunk of [7, 1_000, 1 << 20]) {
      const { records, texts } = split(file, chunk)
      expect(texts).toEqual([...hits, ...hits])
      for (const { offset, size, bytes } of records) expect(file.slice(offset, offset + size)).toBe(bytes.toString())
    }
    const cut = split(answer.slice(0, 200)).records
    expect(cut.at(-1)).toMatchObject({ problem: 'unterminated' })
  })

  test('objects without hits among answers are counted', () => {
    const splitter = new RecordSplitter()
    splitter.push(Buffer.from('{"took":1,"hits":{"hits":[]}}\n{"error":{"hits":{"hits":[{}]}}}\n{"took":1,"hits":{"hits":[{"a":1}]}}'))
    splitter.end()
    expect(splitter.answersWithoutHits).toBe(1)
  })

  test('a record over the limit is passed over and its neighbours stay', () => {
    const text = `{"a":1}\n${'x'.repeat(100)}\n{"b":2}\n`
    for (const chunk of [7, 1000]) {
      const { records } = split(text, chunk, 50)
      expect(records.map((r) => [r.number, r.offset, r.size, r.problem])).toEqual([
        [1, 0, 7, null],
        [2, 8, 100, 'too_large'],
        [3, 109, 7, null],
      ])
    }
  })

  test('every record says where it stood', () => {
    for (const text of ['{"a":1}\n  {"bb":2}\n', '[ {"a":1} , {"bb":2} ]']) {
      const { records } = split(text, 2)
      for (const record of records) {
        expect(Buffer.from(text).subarray(record.offset, record.offset + record.size)).toEqual(Buffer.from(record.bytes))
      }
      expect(records).toHaveLength(2)
    }
  })

  test('chunk boundaries never matter, whatever the bytes', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', '\n', ' ', 'a', '1', '{"x":1}')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }).map((p) => p.join('')), fc.integer({ min: 1, max: 9 }), (text, chunk) => {
        const whole = split(text).records
        const parts = split(text, chunk).records
        expect(parts).toEqual(whole)
      }),
      { numRuns: 2000 },
    )
  })
})
