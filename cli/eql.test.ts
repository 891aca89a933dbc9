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
