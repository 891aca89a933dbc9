import { describe, expect, test } from 'vitest'
import { compileExpression, runRequest } from '@/lib/secl'

/** Where and why an expression is refused: columns are those of the reference implementation. */
function refusal(source: string): string {
  const result = compileExpression(source)
  if (result.ok) return 'accepted'
  const [first] = result.diagnostics
  return `${first?.line}:${first?.column} ${first?.code}`
}

describe('types', () => {
  test.each([
    ['exec.comm == 3', '1:14 type'],
    ['exec.uid == "root"', '1:13 type'],
    ['exec.uid == exec.comm', '1:13 type'],
    ['exec.comm != "x" && exec.uid != 0 && exec.file.path == 3', '1:56 type'],
    ['(exec.comm != "x") == "test"', '1:23 type'],
    ['exec.comm in [1, 2]', '1:14 type'],
    ['exec.uid in ["a"]', '1:13 type'],
    ['3 in exec.argv', '1:6 type'],
    ['exec.comm in exec.uid', '1:14 type'],
    ['exec.comm in exec.tty_name', '1:14 type'],
    ['connect.addr.ip == "1.2.3.4"', '1:20 type'],
    ['exec.comm', '1:1 type'],
    ['exec.uid && true', '1:1 type'],
    ['true && exec.uid', '1:9 type'],
    ['!exec.uid', '1:2 type'],
    ['-exec.comm == 3', '1:2 type'],
    ['exec.comm & 1 > 0', '1:1 type'],
    ['exec.uid & "x" > 0', '1:12 type'],
    ['exec.uid + exec.comm == 3', '1:12 type'],
    ['exec.argv == process.argv', '1:14 type'],
    ['exec.comm > "a"', '1:1 operator'],
    ['exec.uid =~ 3', '1:1 operator'],
    ['exec.is_thread < true', '1:1 operator'],
    ['connect.addr.ip > 1.2.3.4', '1:1 operator'],
    ['exec.uid == 0\n  && exec.comm == 4', '2:19 type'],
  ])('%s', (source, expected) => {
    expect(refusal(source)).toBe(expected)
  })
})

describe('names', () => {
  test.each([
    ['exec.nope == 3', '1:1 unknown-field'],
    ['exec.comm == "x" && NOPE', '1:21 unknown-field'],
    ['__proto__ == 3', '1:1 unknown-field'],
    ['constructor', '1:1 unknown-field'],
    ['exec.comm == ${x}', '1:14 unknown-variable'],
    ['exec.comm == "${x}"', '1:14 unknown-variable'],
    ['exec[A].comm == "x"', '1:1 register'],
    ['process.ancestors[].comm == "x"', '1:1 register'],
    ['process.ancestors[0].comm == "x"', '1:1 register'],
    ['process.ancestors[A] == "x"', '1:1 register'],
    ['process.uid[A] == 1', '1:1 register'],
    ['process.ancestors[A].comm == "x" && ptrace.tracee.ancestors[A].comm == "y"', '1:37 register'],
    ['process.ancestors[A].pid == 1 && process.ancestors[B].pid == 2 && process.ancestors[C].pid == 3', '1:67 too-many-registers'],
    ['open.file.name == "x" && exec.comm == "y"', '1:26 event-type'],
    ['exec.comm in [exec.uid]', '1:15 type'],
    ['999.1.1.1 == connect.addr.ip', '1:1 network'],
    ['connect.addr.ip in 10.0.0.0/33', '1:20 network'],
  ])('%s', (source, expected) => {
    expect(refusal(source)).toBe(expected)
  })

  test('an old name is told, and reads what it is called now', () => {
    const result = compileExpression('open.filename == "/etc/shadow"')
    expect(result.diagnostics.map((d) => [d.code, d.severity])).toEqual([['old-name', 'warning']])
    expect(result.ok && result.expression.fields[0]?.name).toBe('open.file.path')
  })
})

describe('patterns', () => {
  test.each([
    ['exec.comm =~ "a**"', '1:14 bad-pattern'],
    ['exec.file.path =~ "/etc/**.conf"', '1:19 bad-pattern'],
    ['exec.file.path =~ "**/x"', '1:19 bad-pattern'],
    ['exec.file.path =~ "/a/**/b"', '1:19 deep-pattern'],
    ['exec.file.path in ["/a", ~"/a**"]', '1:26 bad-pattern'],
    ['exec.comm == r"("', '1:14 bad-regex'],
    ['exec.comm == r"(?=a)"', '1:14 bad-regex'],
    ['exec.comm == r"(a)\\1"', '1:14 bad-regex'],
    ['exec.comm == r"a{1001}"', '1:14 bad-regex'],
    ['exec.file.path == r"x"', '1:19 regex-on-path'],
    ['exec.comm =~ exec.file.name', '1:14 non-static-pattern'],
    ['exec.comm !~ ${process.comm}', '1:14 non-static-pattern'],
    ['exec.file.path =~ "/a/**"', 'accepted'],
    ['exec.file.path =~ "**"', 'accepted'],
    ['exec.file.name == r"x"', 'accepted'],
  ])('%s', (source, expected) => {
    expect(refusal(source)).toBe(expected)
  })

  test('a star in a plain string is warned about', () => {
    expect(compileExpression('exec.comm == "cur*"').diagnostics.map((d) => [d.code, d.column])).toEqual([['literal-star', 14]])
  })
})

test('allin over texts or numbers is warned about: it asks for one of them', () => {
  const warnings = (source: string) => compileExpression(source).diagnostics.map((d) => [d.code, d.severity, d.column])
  expect(warnings('exec.argv allin ["a", "b"]')).toEqual([['allin-is-any', 'warning', 1]])
  expect(warnings('exec.comm allin ["a", "b"]')).toEqual([])
  expect(warnings('connect.addr.ip allin [10.0.0.0/8]')).toEqual([])
})

describe('requests', () => {
  test.each([
    [null, 'a request is a JSON object'],
    [[], 'a request is a JSON object'],
    [{}, 'the request has no [expr], a text'],
    [{ expr: 3 }, 'the request has no [expr], a text'],
  ])('%j answers an error', (request, message) => {
    expect(runRequest(request, 0)).toEqual({ error: { code: 'request', message, line: 1, column: 1, length: 1 } })
  })

  test('what is no object where one belongs is left out', () => {
    expect(runRequest({ expr: 'exec.comm == ""', needs: 3, macros: [], variables: 'x', now: 'soon' }, 0)).toEqual({ result: true })
  })

  test('fields that only the request has take their types from its values', () => {
    const needs = { my: { path: '/usr/bin/x', name: 'x', ip: '10.0.0.1', n: 3, at: 'now-2s', flags: [true], rows: [{ k: 1 }, { k: 2 }] } }
    const holds = (expr: string) => runRequest({ expr, needs }, 10_000_000_000n)
    for (const expr of ['my.path =~ "/usr/**"', 'my.name =~ "*"', 'my.ip in 10.0.0.0/8', 'my.n > 2', 'my.at < 3s', 'my.flags == true', 'my.rows[A].k == 2 && my.rows.k == 1']) {
      expect([expr, holds(expr)]).toEqual([expr, { result: true }])
    }
    expect(holds('my.nope == 1')).toMatchObject({ error: { code: 'unknown-field', column: 1 } })
  })
})
