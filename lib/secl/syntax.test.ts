import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '@/lib/limits'
import { compileExpression, parse, parseMacro, print } from '@/lib/secl'
import { expression } from './testing/expressions'
import { withoutSpans } from './testing/without-spans'

/** What a text is read as, in the printer's spelling with every group shown. */
function shape(source: string): string {
  const { expr, diagnostics } = parse(source)
  return expr ? print(expr) : `${diagnostics[0]?.column}: ${diagnostics[0]?.message}`
}

function kinds(source: string): unknown {
  const { expr } = parse(source)
  if (!expr || (expr.kind !== 'and' && expr.kind !== 'or')) return expr?.kind
  return [expr.kind, ...expr.terms.map((t) => (t.kind === 'identifier' ? t.name : kinds(source.slice(t.span.start, t.span.end))))]
}

describe('one precedence, to the right', () => {
  test.each([
    ['a && b || c', ['and', 'a', ['or', 'b', 'c']]],
    ['a || b && c', ['or', 'a', ['and', 'b', 'c']]],
    ['a && b && c', ['and', 'a', 'b', 'c']],
    ['a and b or c and d', ['and', 'a', ['or', 'b', ['and', 'c', 'd']]]],
    ['a || b || c && d && e || f', ['or', 'a', 'b', ['and', 'c', 'd', ['or', 'e', 'f']]]],
    ['(a && b) || c', ['or', 'group', 'c']],
    ['a && (b || c)', ['and', 'a', 'group']],
  ])('%s', (source, expected) => {
    expect(kinds(source)).toEqual(expected)
  })

  test('a mixture without parentheses is warned about once, with parentheses not', () => {
    const fields = ['exec.is_thread', 'exec.is_kworker', 'exec.is_exec']
    const warnings = (source: string) => compileExpression(source).diagnostics.filter((d) => d.code === 'mixed-operators').map((d) => d.column)
    expect(warnings(`${fields[0]} && ${fields[1]} || ${fields[2]}`)).toEqual([19])
    expect(warnings(`${fields[0]} || ${fields[1]} && ${fields[2]} || ${fields[0]}`)).toEqual([19])
    expect(warnings(`${fields[0]} && (${fields[1]} || ${fields[2]})`)).toEqual([])
    expect(warnings(fields.join(' && '))).toEqual([])
  })
})

describe('reading', () => {
  test.each([
    ['a=="x"', 'a == "x"'],
    ['a=~"x" or b!~"y"', 'a =~ "x" || b !~ "y"'],
    ['a ==~"x*"', 'a == ~"x*"'],
    ['a not in ["x",~"y*",r"z"]', 'a not in ["x", ~"y*", r"z"]'],
    ['not a == b', 'not a == b'],
    ['!a&&not !b', 'not a && not not b'],
    ['open.flags & O_CREAT|O_TRUNC > 0', 'open.flags & O_CREAT | O_TRUNC > 0'],
    ['a + b - -3 == --3', 'a + b - -3 == --3'],
    ['- 3 == -3', '- 3 == -3'],
    ['a in 10.0.0.0/8', 'a in 10.0.0.0/8'],
    ['a in [::1, ::ffff:192.168.0.1/128, fe80::1]', 'a in [::1, ::ffff:192.168.0.1/128, fe80::1]'],
    ['a in [O_RDWR,AF_INET6]', 'a in [O_RDWR, AF_INET6]'],
    ['a in ${process.list}', 'a in ${process.list}'],
    ['a < 120s # older\n && b // and more\n == 3', 'a < 120s && b == 3'],
    ['a == r"^\\d+\\."', 'a == r"^\\d+\\."'],
    ['a == ~"C:\\Windows\\*"', 'a == ~"C:\\Windows\\*"'],
    ['a == "tab\\there\\x41\\u00e9"', 'a == "tab\\thereAé"'],
    ['a == "C:\\\\Program"', 'a == "C:\\\\Program"'],
    ['a == 010', 'a == 8'],
    ['(((a)))', '(((a)))'],
    ['a[A].b == 1', 'a[A].b == 1'],
  ])('%s', (source, expected) => {
    expect(shape(source)).toBe(expected)
  })

  test.each([
    ['', '1: expected a field, a value or [(] but found the end'],
    ['a &&', '5: expected a field, a value or [(] but found the end'],
    ['a == ', '6: expected a field, a value or [(] but found the end'],
    ['a b', '3: expected [&&], [||] or the end but found [b]'],
    ['(a', '3: expected [)] to close the parenthesis but found the end'],
    ['a = "x"', '3: SECL has no [=]; write [==]'],
    ["a == 'x'", '6: strings are written with double quotes'],
    ['a == "x', '6: the string has no closing "'],
    ['a == "C:\\Windows"', '9: [\\W] is no escape; write [\\\\] for a backslash'],
    ['a == "\\q"', '7: [\\q] is no escape; write [\\\\] for a backslash'],
    ['a in ["x", "\\\'"]', "13: [\\'] is no escape; write [\\\\] for a backslash"],
    ['a == "\\x4"', '7: [\\x] is no escape; write [\\\\] for a backslash'],
    ['a == "\\18"', '7: [\\1] is no escape; write [\\\\] for a backslash'],
    ['a == "\\400"', '7: [\\400] is more than a byte; octal escapes end at \\377'],
    ['a == "\\ud800"', '7: [\\ud800] is no character'],
    ['a == "\\U00110000"', '7: [\\U00110000] is no character'],
    ['a == "x\ny"', '8: a string ends on the line it begins; write \\n for a line break'],
    ['a == 08', '6: a number that begins with 0 is octal; [08] has digits beyond 7'],
    ['a in [01, 09]', '11: a number that begins with 0 is octal; [09] has digits beyond 7'],
    ['a == 01000000000000000000000', '6: the number [01000000000000000000000] does not fit in 64 bits'],
    ['a - 5-3 == 2', '6: expected [&&], [||] or the end but found [-3]; put a space after the sign to add or subtract'],
    ['a in []', '6: the list is empty; give it at least one value'],
    ['a in ["x", 3]', '12: this list is of strings, patterns and regular expressions; [3] is none of them'],
    ['a in "x"', '6: expected a list but found one value; write ["x"] in brackets, or compare with =='],
    ['a in 1.2.3.4', '6: expected a list but found one value; write [1.2.3.4] in brackets, or compare with =='],
    ['a in', '5: expected a list, a network, a macro, an array field or a variable but found the end'],
    ['["x"] == a', '1: a list stands on the right of [in], [not in] or [allin] only'],
    ['a == 1d', '6: a duration has no unit [d]; write 24h'],
    ['a < 5min', '6: expected [&&], [||] or the end but found [min]; a duration ends in ms, s, m or h'],
    ['a == 1 -2', '8: expected [&&], [||] or the end but found [-2]; put a space after the sign to add or subtract'],
    ['a == 99999999999999999999', '6: the number [99999999999999999999] does not fit in 64 bits'],
    ['a == 9999999999999h', '6: the duration [9999999999999h] is longer than 64 bits of nanoseconds'],
    ['a == $x', '6: a variable is written ${name}, the name being letters, digits, [_] and [.]'],
    ['a == b\n  && c == ;', '11: [;] has no meaning here'],
  ])('%s is refused', (source, expected) => {
    expect(shape(source)).toBe(expected)
  })

  test('a macro is an expression of any type, or a list', () => {
    for (const source of ['["a", ~"b*"]', 'O_CREAT|O_RDWR', 'exec.comm == "x"', '"x"', '[1.2.3.4, 10.0.0.0/8]', '10.0.0.0/8', 'OTHER', '30s']) {
      expect(parseMacro(source).diagnostics).toEqual([])
    }
    expect(parseMacro('["a"] extra').diagnostics[0]?.column).toBe(7)
  })
})

describe('caps', () => {
  test.each([
    ['too-long', `a == "${'x'.repeat(LIMITS.seclLength)}"`],
    ['too-many-tokens', `a ${'&& a '.repeat(LIMITS.seclTokens / 2)}`],
    ['too-deep', `${'('.repeat(200)}a${')'.repeat(200)}`],
    ['too-deep', `${'!'.repeat(5_000)}a`],
    ['too-deep', `${'a & '.repeat(5_000)}a`],
    ['too-deep', `${'a == '.repeat(5_000)}a`],
    ['too-many-items', `a in [${Array.from({ length: LIMITS.seclListItems + 1 }, () => '1').join(',')}]`],
  ])('%s', (code, source) => {
    expect(parse(source).diagnostics[0]?.code).toBe(code)
  })

  test('a chain of ten thousand terms is read', () => {
    const { expr } = parse(Array.from({ length: 10_000 }, () => 'a').join(' || '))
    expect(expr?.kind === 'or' && expr.terms.length).toBe(10_000)
  })
})

describe('printing', () => {
  test('what is printed is read as the same tree', () => {
    fc.assert(
      fc.property(expression, (expr) => {
        const parsed = parse(print(expr))
        expect(parsed.diagnostics).toEqual([])
        const [once, twice] = [parsed.expr, parse(print(parsed.expr!)).expr]
        expect(withoutSpans(once)).toEqual(withoutSpans(expr))
        expect(withoutSpans(twice)).toEqual(withoutSpans(once))
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('fuzzing', () => {
  const PIECES = [
    'exec.comm', 'process.ancestors[A].argv', 'process.uid', 'network.ip', 'imds.url', '==', '!=', '=~', '!~', '<', '>=', 'in', 'not', 'allin', '&&', '||', '!', '-', '+', '&', '|', '^',
    '(', ')', '[', ']', ',', '"a*"', '~"b*"', '~"/x/**"', 'r"(a+)+$"', 'r"["', '1', '-5', '10s', '3d', '1.2.3.4', '10.0.0.0/8', '::1', '999.1.1.1', '${x}', '${', '"${x}"', 'M', 'N', 'true', 'O_CREAT',
    '"', '~', '#', '//', '\n', ' ', '\\', '=', '\u0000', 'é', '.', '..', '[_]', 'process[', '9999999999999999999999',
  ]
  const macros = { M: '["a", ~"b*", r"c"]', N: 'M2 && exec.uid == 1', M2: 'N', O: 'bad (' }

  /** A small generator of its own: fast-check's strings would cost more than what is tested. */
  function* inputs(count: number): Generator<string> {
    let seed = 20_261_103
    const next = (below: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    for (let i = 0; i < count; i++) {
      let text = ''
      for (let length = 1 + next(14); length > 0; length--) text += (PIECES[next(PIECES.length)] ?? '') + (next(3) > 0 ? ' ' : '')
      yield text
    }
  }

  test('sixty thousand inputs give nothing but diagnostics inside their text', () => {
    let ok = 0
    for (const source of inputs(60_000)) {
      const result = compileExpression(source, { macros, variables: { x: 'v' } })
      if (result.ok) ok++
      else if (!result.diagnostics.some((d) => d.severity === 'error')) throw new Error(`refused without a word: ${source}`)
      const strayed = result.diagnostics.find((d) => d.offset < 0 || d.offset > source.length || d.line < 1 || d.column < 1 || d.length < 1)
      if (strayed) throw new Error(`${JSON.stringify(strayed)} strays from ${source}`)
      if (source.length % 4 > 0) continue
      const { expr } = parse(source)
      if (expr && JSON.stringify(withoutSpans(parse(print(expr)).expr)) !== JSON.stringify(withoutSpans(expr))) throw new Error(`printed otherwise: ${source}`)
    }
    expect(ok).toBeGreaterThan(100)
  })
})
