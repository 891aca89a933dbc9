import { describe, expect, test, vi } from 'vitest'
import { satisfiesVersion } from './agent-version'
import { CONSTANTS } from './constants'
import { compileGlob } from './glob'
import { compilePattern } from './pattern'
import { compileRegex } from './regex'
import { argsFlags, argsOptions, splitCommandLine } from './process-args'
import type { MatcherResult } from './pattern'

function ask(matcher: MatcherResult, text: string): boolean | string {
  return matcher.ok ? matcher.test(text) : matcher.message
}

describe('patterns of ordinary fields', () => {
  test.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'a/b', true],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['a*b', 'ab', true],
    ['a*b', 'aXXb', true],
    ['a*b', 'a', false],
    ['ab*ba', 'aba', false],
    ['*ab*', 'xaby', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a?c', 'abc', false],
    ['a.c', 'abc', false],
    ['A*', 'abc', false],
  ])('%j on %j is %s', (pattern, text, expected) => {
    expect(ask(compilePattern(pattern), text)).toBe(expected)
  })

  test('one search a piece, however hostile the text', () => {
    const hostile = compilePattern(`*${'a*'.repeat(200)}b`)
    const text = 'a'.repeat(100_000)
    const searches = vi.spyOn(String.prototype, 'indexOf')
    expect(ask(hostile, `${text}c`)).toBe(false)
    expect(ask(hostile, `${text}b`)).toBe(true)
    const calls = searches.mock.calls.length
    searches.mockRestore()
    expect(calls).toBeLessThanOrEqual(200)
  })
})

describe('globs of paths', () => {
  test.each([
    ['/etc/passwd', '/etc/passwd', true],
    ['/etc/passwd', '/etc/passwd/', false],
    ['/etc/*', '/etc/a', true],
    ['/etc/*', '/etc/a/b', false],
    ['/etc/*', '/etc', false],
    ['/etc/*', '/etc/', true],
    ['/etc/**', '/etc/a/b/c', true],
    ['/etc/**', '/etc/a', true],
    ['/etc/**', '/etc', false],
    ['/etc/**', '/etc/', false],
    ['/*/passwd', '/etc/passwd', true],
    ['*/passwd', '/etc/passwd', true],
    ['*/passwd', '/a/etc/passwd', false],
    ['/home/*/.ssh/id_*', '/home/u/.ssh/id_rsa', true],
    ['/home/*/.ssh/id_*', '/home/u/v/.ssh/id_rsa', false],
    ['**', '/any/thing', true],
    ['/*', '/a', true],
    ['/*', '', false],
    ['/proc/1*', '/proc/123', true],
    ['memfd*', 'memfd:x', true],
  ])('%j on %j is %s', (pattern, path, expected) => {
    expect(ask(compileGlob(pattern), path)).toBe(expected)
  })

  test.each(['/a/**/b', '/a**', '**/a', '***', '/a/**.so'])('%s is refused', (pattern) => {
    expect(compileGlob(pattern).ok).toBe(false)
  })

  test('without case', () => {
    expect(ask(compileGlob('/ETC/p*', true), '/etc/Passwd')).toBe(true)
    expect(ask(compileGlob('/ETC', true), '/etc')).toBe(true)
  })
})

describe('regular expressions', () => {
  test.each([
    ['a+', 'baab', true],
    ['^a+$', 'baab', false],
    ['(?i)READ', 'readme', true],
    ['\\d{2,3}', 'a12', true],
    ['^\\[.*\\]$', '[kworker]', true],
    ['é', 'café', true],
  ])('%s on %s is %s', (pattern, text, expected) => {
    expect(ask(compileRegex(pattern), text)).toBe(expected)
  })

  test('what a backtracking engine would never finish is answered', () => {
    for (const pattern of ['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*a){12}$', '([a-z]+)*$']) {
      expect(ask(compileRegex(`^${pattern}`), `${'a'.repeat(20_000)}!`)).toBe(false)
    }
  })
})

describe('command lines', () => {
  test('flags', () => {
    expect(argsFlags(['-la', '--verbose', '-x', 'file', '--k=v', '-', '--', '-p', '80'])).toEqual(['la', 'l', 'a', 'verbose', 'x', 'p'])
  })
  test('options', () => {
    expect(argsOptions(['--k=v', '-n', '5', '--url', 'http://x', '-v', '--', '-t=1', '-w'])).toEqual(['k=v', 'n=5', 'url=http://x', 't=1'])
  })
  test('a line without a list of arguments', () => {
    expect(splitCommandLine(`curl -H 'X: a b' "http://x/ y" --k="v w"`)).toEqual(['curl', '-H', 'X: a b', 'http://x/ y', '--k=v w'])
  })
})

describe('agent versions', () => {
  test.each([
    ['7.70.1', '>= 7.65', true],
    ['7.70.1', '>=7.65 <7.70', false],
    ['7.69.9', '>=7.65 <7.70', true],
    ['7.70.1', '>=7.65, <7.71', true],
    ['7.70.1', '< 7.71', true],
    ['7.71.0', '< 7.71', false],
    ['7.70.1', '> 7.70', false],
    ['7.71.0', '> 7.70', true],
    ['7.70.1', '<= 7.70', true],
    ['7.70.1', '7.70', true],
    ['7.70.1', '= 7.70.0', false],
    ['7.70.1', '^7.1', true],
    ['8.0.0', '^7.1', false],
    ['7.70.1', '~7.70.0', true],
    ['7.70.1', '< 7.0 || >= 7.70', true],
    ['7.70.1', '*', true],
    ['7.70.1', '', true],
    ['7.70.1', 'newest', null],
  ])('%s in %j is %s', (version, range, expected) => {
    expect(satisfiesVersion(version, range)).toBe(expected)
  })
})

test('constants have the numbers that Linux gives them', () => {
  const some = ['O_CREAT', 'O_TRUNC', 'O_APPEND', 'S_ISUID', 'S_IXOTH', 'AF_INET', 'AF_INET6', 'SIGKILL', 'SIGTERM', 'ENOENT', 'ECONNREFUSED', 'CAP_SYS_ADMIN', 'CAP_BPF', 'CAP_CHECKPOINT_RESTORE', 'BPF_PROG_LOAD', 'BPF_OVERRIDE_RETURN', 'BPF_PROBE_WRITE_USER', 'BPF_SEND_SIGNAL', 'BPF_SEND_SIGNAL_THREAD', 'PROT_EXEC', 'PTRACE_ATTACH', 'SRV', 'TXT', 'AUDIT_AUID_UNSET']
  expect(some.map((name) => CONSTANTS.get(name))).toEqual([0o100, 0o1000, 0o2000, 0o4000, 1, 2, 10, 9, 15, 2, 111, 2 ** 21, 2 ** 39, 2 ** 40, 5, 58, 36, 109, 117, 4, 16, 33, 16, 4_294_967_295])
})
