import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Command } from 'commander'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { registerEql } from '@/cli/eql'

let folder = ''
let out = ''
let err = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'linklocal-eql-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  process.exitCode = 0
})

beforeEach(() => {
  out = ''
  err = ''
  process.exitCode = 0
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true))
})

/** Runs the command as the entry would; answers its exit code. */
async function run(...args: readonly string[]): Promise<number> {
  const program = new Command('linklocal').exitOverride()
  registerEql(program)
  await program.parseAsync(['eql', ...args], { from: 'user' })
  return Number(process.exitCode ?? 0)
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const EXEC = { '@timestamp': '2026-03-01T10:00:00.000Z', event: { id: 'e1', category: ['process'], type: ['start'] }, process: { name: 'curl', pid: 7 } }
const CONNECT = { '@timestamp': '2026-03-01T10:00:00.500Z', event: { id: 'e2', category: ['network'] }, process: { name: 'curl', pid: 7 }, destination: { ip: '169.254.169.254' } }
const NDJSON = `${JSON.stringify(EXEC)}\n${JSON.stringify(CONNECT)}\n`
const SEQUENCE = 'sequence by process.pid with maxspan=1s [process where process.name : "CURL"] [network where destination.ip == "169.254.0.0/16"]'

interface Answer {
  hits: { total: { value: number }; events?: { _id: string; _source: object }[]; sequences?: { join_keys: unknown[]; events: { _id: string }[] }[] }
  error?: { type: string; reason: string; line: number; column: number }
}

const answers = (): Answer[] => out.trim().split('\n').map((line) => JSON.parse(line) as Answer)

describe('eql check', () => {
  test('a fine query exits 0', async () => {
    expect(await run('check', '--query', 'process where true', '--json')).toBe(0)
    expect(JSON.parse(out)).toEqual({ ok: true, diagnostics: [] })
  })

  test('errors have their place and exit 1', async () => {
    expect(await run('check', '--file', file('bad.eql', 'process where\n  nme = "x" and startswith(1)'), '--json')).toBe(1)
    const { ok, diagnostics } = JSON.parse(out) as { ok: boolean; diagnostics: { code: string; line: number; column: number; length: number; severity: string }[] }
    expect(ok).toBe(false)
    expect(diagnostics.filter((d) => d.severity === 'error').map((d) => [d.code, d.line, d.column, d.length])).toEqual([
      ['single-equals', 2, 7, 1],
      ['arity', 2, 17, 13],
    ])
  })

  test('without --json a code frame goes to standard error', async () => {
    expect(await run('check', '--query', 'process where process.nam == "x" and')).toBe(1)
    expect(err).toContain('^')
    expect(out).toBe('')
  })

  test('a mapping makes an unknown field an error', async () => {
    const mapping = file('mapping.json', JSON.stringify({ mappings: { properties: { process: { properties: { name: { type: 'keyword' } } } } } }))
    expect(await run('check', '--query', 'any where proces.name == "x"', '--mapping', mapping, '--json')).toBe(1)
    expect(out).toContain('did you mean [process.name]?')
  })
})

describe('eql run', () => {
  test.each([
    ['NDJSON', NDJSON],
    ['a JSON array', JSON.stringify([EXEC, CONNECT], null, 2)],
    ['gzip', gzipSync(NDJSON)],
  ])('reads %s', async (name, content) => {
    expect(await run('run', '--data-file', file(`${name}.data`, content), '--query', SEQUENCE, '--json')).toBe(0)
    const [answer] = answers()
    expect(answer?.hits.sequences?.map((s) => [s.join_keys, s.events.map((e) => e._id)])).toEqual([[[7], ['e1', 'e2']]])
  })

  test('several files are one stream of events', async () => {
    const [a, b] = [file('a.ndjson', JSON.stringify(EXEC)), file('b.ndjson', JSON.stringify(CONNECT))]
    await run('run', '--data-file', a, b, '--query', SEQUENCE, '--json')
    expect(answers()[0]?.hits.total.value).toBe(1)
  })

  test('requests are answered line by line, a failing one by its error', async () => {
    const requests = file(
      'requests.ndjson',
      [JSON.stringify({ query: SEQUENCE }), JSON.stringify({ query: 'any where x = 1' }), '{', JSON.stringify({ query: 'any where true', size: 1, result_position: 'head' }), JSON.stringify({ query: 'any where true', size: -1 })].join('\n'),
    )
    expect(await run('run', '--data-file', file('c.ndjson', NDJSON), '--requests', requests)).toBe(0)
    const [sequence, syntax, json, head, size] = answers()
    expect(sequence?.hits.sequences).toHaveLength(1)
    expect(syntax?.error).toMatchObject({ type: 'parsing_exception', line: 1, column: 13 })
    expect(json?.error?.type).toBe('x_content_parse_exception')
    expect(head?.hits.events?.map((e) => e._id)).toEqual(['e1'])
    expect(size?.error?.type).toBe('action_request_validation_exception')
  })

  test('what is not an event is passed over, counted, and exits 3', async () => {
    expect(await run('run', '--data-file', file('d.ndjson', `${NDJSON}oops\n[1]\n`), '--query', 'any where true', '--json')).toBe(3)
    expect(answers()[0]?.hits.total.value).toBe(2)
    expect(err).toContain('record 3')
  })

  test('a request that fails exits 1', async () => {
    expect(await run('run', '--data-file', file('e.ndjson', NDJSON), '--query', 'process where', '--json')).toBe(1)
    expect(answers()[0]?.error).toMatchObject({ type: 'parsing_exception', line: 1, column: 14 })
  })

  test('integers of 64 bits are printed as they were read', async () => {
    const big = '{"@timestamp":0,"event":{"category":"x"},"n":9223372036854775807}'
    await run('run', '--data-file', file('f.ndjson', big), '--query', 'any where true', '--json')
    expect(out).toContain('9223372036854775807')
  })

  test('for people it prints a line an event', async () => {
    await run('run', '--data-file', file('g.ndjson', NDJSON), '--query', 'any where true')
    expect(out).toContain('e2  network  curl  169.254.169.254')
    expect(out).toContain('2 events')
  })
})

describe('eql run with a mapping', () => {
  const lines = (...documents: readonly object[]): string => documents.map((document) => `${JSON.stringify(document)}\n`).join('')
  const at = (n: number, rest: object): object => ({ '@timestamp': `2026-03-01T10:00:0${n}.000Z`, event: { category: 'process', id: `e${n}` }, ...rest })

  /** The ids that a query finds, one list a sequence; or the reason it is refused for. */
  async function found(mapping: object, data: string, query: string): Promise<unknown> {
    const mapped = file('mapping.json', JSON.stringify({ mappings: mapping }))
    const code = await run('run', '--data-file', file('data.ndjson', data), '--mapping', mapped, '--query', query, '--json')
    const [answer] = answers()
    if (answer?.error) return answer.error.reason
    const { events, sequences } = answer!.hits
    const ids = sequences ? sequences.map((s) => s.events.map((e) => e._id)) : events!.map((e) => e._id)
    return code === 0 ? ids : [code, ids]
  }

  const data = lines(at(1, { n: 5, s: 'one' }), at(2, { n: 7, deep: { s: 'two' } }))

  test.each<readonly [mapping: object, query: string, answer: unknown]>([
    [{}, 'any where n == 5', ['e1']],
    [{ properties: {} }, 'any where deep.s == "two" and deep.s.keyword : "TW*"', ['e2']],
    [{ dynamic: true, properties: { s: { type: 'keyword' } } }, 'any where s == "one" and n < 6', ['e1']],
    [{ properties: {} }, 'any where absent == 1', 'line 1:11: Unknown column [absent]; write [?absent] if it may be absent from the mapping'],
    [{ dynamic: false }, 'any where n == 5', 'line 1:11: Unknown column [n]; write [?n] if it may be absent from the mapping'],
    [{ dynamic: false }, 'any where ?n == null', ['e1', 'e2']],
    [{ dynamic: false }, 'any where ?n == 5', []],
    [{ dynamic: false }, 'any where not ?n : "x"', []],
    [{ dynamic: false }, 'sequence by ?n [any where true] [any where true]', [['e1', 'e2']]],
    [{ properties: {} }, 'sequence by ?n [any where true] [any where true]', []],
  ])('%j answers %s', async (mapping, query, answer) => {
    expect(await found(mapping, data, query)).toEqual(answer)
  })

  test('strict refuses the documents that have more', async () => {
    const mapping = { dynamic: 'strict', properties: { '@timestamp': { type: 'date' }, 'event': { properties: { category: { type: 'keyword' }, id: { type: 'keyword' } } }, 'n': { type: 'long' } } }
    expect(await found(mapping, lines(at(1, { n: 5 }), at(2, { n: 7, s: 'x' })), 'any where n > 0')).toEqual([3, ['e1']])
    expect(err).toContain('data.ndjson: record 2 (byte 89): the mapping is strict and lacks the field [s]')
  })

  test('standard input and the documents of all files complete it', async () => {
    const mapped = file('mapping.json', '{"mappings":{}}')
    const first = file('first.ndjson', lines(at(1, { a: 1 })))
    const second = file('second.ndjson', lines(at(2, { b: 1 })))
    expect(await run('run', '--data-file', first, second, '--mapping', mapped, '--query', 'any where a == 1 or b == 1', '--json')).toBe(0)
    expect(answers()[0]!.hits.total.value).toBe(2)
  })

  test('dates in any format are conditions and keys', async () => {
    const days = lines(at(1, { day: '31-12-2025' }), at(2, { day: '2025/12/31' }), at(3, { day: '01-01-2026' }))
    const mapping = { properties: { day: { type: 'date', format: 'dd-MM-yyyy||yyyy/MM/dd' } } }
    expect(await found(mapping, days, 'any where day == "31-12-2025"')).toEqual(['e1', 'e2'])
    out = ''
    expect(await found(mapping, days, 'sequence by day [any where true] [any where true]')).toEqual([['e1', 'e2']])
    expect(answers()[0]!.hits.sequences![0]!.join_keys).toEqual(['2025-12-31T00:00:00.000Z'])
    out = ''
    expect(await found(mapping, days, 'sample by day [any where true] [any where true]')).toEqual([['e1', 'e2']])
    expect(answers()[0]!.hits.sequences![0]!.join_keys).toEqual([Date.UTC(2025, 11, 31)])
  })

  test('a time field of type date keeps milliseconds; date_nanos and no mapping keep more', async () => {
    // The second by its time is the first in the file.
    const close = lines(
      { '@timestamp': '2026-03-01T10:00:00.000000200Z', 'event': { category: 'b', id: 'b' } },
      { '@timestamp': '2026-03-01T10:00:00.000000100Z', 'event': { category: 'a', id: 'a' } },
    )
    const query = 'sequence [a where true] [b where true]'
    const timed = (type: string): object => ({ properties: { '@timestamp': { type } } })
    expect(await found(timed('date'), close, query)).toEqual([])
    out = ''
    expect(await found(timed('date_nanos'), close, query)).toEqual([['a', 'b']])
    out = ''
    await run('run', '--data-file', file('data.ndjson', close), '--query', query, '--json')
    expect(answers()[0]!.hits.total.value).toBe(1)
  })

  test('maxspan and gaps count milliseconds with a date, nanoseconds without', async () => {
    const span = lines(
      { '@timestamp': '2026-03-01T10:00:00.000000Z', 'event': { category: 'a', id: 'a' } },
      { '@timestamp': '2026-03-01T10:00:01.000000001Z', 'event': { category: 'b', id: 'b' } },
    )
    const query = 'sequence with maxspan=1s [a where true] [b where true]'
    expect(await found({ properties: { '@timestamp': { type: 'date' } } }, span, query)).toEqual([['a', 'b']])
    out = ''
    expect(await found({ properties: { '@timestamp': { type: 'date_nanos' } } }, span, query)).toEqual([])
  })
})

test('one name dotted and nested counts as both, and is printed as it was written', async () => {
  const written = '{"@timestamp":1,"event":{"category":"a"},"foo.bar":666,"foo":{"bar":333},"a.b":{"c":1},"a":{"b.c":2}}'
  const data = file('both.ndjson', `${written}\n`)
  for (const condition of ['foo.bar == 666', 'foo.bar == 333', 'a.b.c == 1', 'a.b.c == 2']) {
    out = ''
    await run('run', '--data-file', data, '--query', `a where ${condition}`, '--json')
    expect([condition, JSON.stringify(answers()[0]!.hits.events?.[0]?._source)]).toEqual([condition, written])
  }
  for (const query of ['"b" where true', 'a where foo.bar != 666']) {
    out = ''
    await run('run', '--data-file', data, '--query', query, '--json')
    expect(answers()[0]!.hits.total.value).toBe(0)
  }
})
