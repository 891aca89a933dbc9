import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { registerSecl } from '@/cli/secl'
import { parseExactJson } from '@/lib/ecs/exact-json'

let folder = ''
let out = ''
let err = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'linklocal-secl-'))
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
  registerSecl(program)
  await program.parseAsync(['secl', ...args], { from: 'user' })
  return Number(process.exitCode ?? 0)
}

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const lines = (): unknown[] => out.trim().split('\n').map((line) => JSON.parse(line) as unknown)

describe('secl check', () => {
  test('a fine expression exits 0', async () => {
    expect(await run('check', '--expr', 'exec.comm == "curl"', '--json')).toBe(0)
    expect(lines()).toEqual([{ ok: true, diagnostics: [] }])
  })

  test('an error exits 1 with its place', async () => {
    expect(await run('check', '--expr', 'exec.comm == 3', '--json')).toBe(1)
    expect(lines()).toEqual([{ ok: false, diagnostics: [{ code: 'type', message: 'a string is compared with a number', line: 1, column: 14, length: 1, severity: 'error' }] }])
  })

  test('for a person the place is drawn', async () => {
    expect(await run('check', '--expr', 'exec.comm == 3')).toBe(1)
    expect(err).toContain('1:14 error: a string is compared with a number (type)\n1 | exec.comm == 3\n  |              ^')
  })

  test('a policy answers a line for each macro and rule', async () => {
    const policy = file('a.policy', 'version: 1\nmacros:\n  - {id: M, expression: \'["curl"]\'}\nrules:\n  - {id: r, expression: exec.comm in M}\n  - {id: u, expression: chmod.file.mode == 1}\n')
    expect(await run('check', '--policy', policy, '--json')).toBe(0)
    expect(lines()).toEqual([
      { id: 'M', kind: 'macro', state: 'loaded', reason: null, column: null },
      { id: 'r', kind: 'rule', state: 'loaded', reason: null, column: null },
      { id: 'u', kind: 'rule', state: 'unsupported', reason: 'needs the event type chmod, not collected', column: 1 },
    ])
  })

  test('a rule with an error, and a file that is no policy, exit 1', async () => {
    expect(await run('check', '--policy', file('b.policy', 'version: 1\nrules:\n  - {id: r, expression: exec.comm ==}\n'))).toBe(1)
    expect(out).toContain('error       rule  r: expected a field, a value or [(] but found the end (column 13)')
    expect(await run('check', '--policy', file('c.policy', 'rules: ['))).toBe(1)
    expect(err).toContain('c.policy:1:')
  })

  test('one of the two is asked for', async () => {
    await expect(run('check')).rejects.toThrow('give the expression with --expr or a policy with --policy')
  })
})

describe('secl run', () => {
  test('answers line by line, errors among them', async () => {
    const requests = [
      '{"expr":"exec.comm in T && ${n} == 3","needs":{"exec":{"comm":"curl"}},"macros":{"T":"[~\\"cu*\\"]"},"variables":{"n":3}}',
      '{"expr":"process.created_at < 5s","needs":{"process":{"created_at":1700000000000000001}},"now":1700000004999999999}',
      '{"expr":"process.created_at < 5s","needs":{"process":{"created_at":1700000000000000001}},"now":1700000005000000001}',
      '',
      '{"expr":"exec.comm == 3"}',
      'no json',
      '{"expr":"true"}',
    ]
    expect(await run('run', '--requests', file('r.ndjson', requests.join('\n')))).toBe(0)
    expect(lines()).toEqual([
      { result: true },
      { result: true },
      { result: false },
      { error: { code: 'type', message: 'a string is compared with a number', line: 1, column: 14, length: 1 } },
      { error: expect.objectContaining({ code: 'json' }) },
      { result: true },
    ])
  })

  test('a file that is not there is refused', async () => {
    await expect(run('run', '--requests', join(folder, 'none'))).rejects.toThrow('ENOENT')
  })
})

test('integers are read exactly, and text is left alone', () => {
  expect(parseExactJson('{"a":1700000000000000001,"b":"1700000000000000001","c":[-9223372036854775808],"d":12345678901234567.5,"e":"x\\"1234567890123456789"}')).toEqual({
    a: 1_700_000_000_000_000_001n,
    b: '1700000000000000001',
    c: [-(2n ** 63n)],
    d: Number('12345678901234567.5'),
    e: 'x"1234567890123456789',
  })
})
