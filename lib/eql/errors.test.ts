import { describe, expect, test } from 'vitest'
import { compile } from '@/lib/eql'
import { codeFrame } from '@/lib/lang/diagnostic'
import { LIMITS } from '@/lib/limits'

function errors(query: string): readonly (readonly [string, number, number])[] {
  return compile(query).diagnostics.filter((d) => d.severity === 'error').map((d) => [d.code, d.line, d.column])
}

function firstMessage(query: string): string {
  return compile(query).diagnostics.find((d) => d.severity === 'error')?.message ?? ''
}

describe('each mistake has its code, its place and a remedy', () => {
  test.each<readonly [query: string, code: string, line: number, column: number, message: RegExp]>([
    ['process where name = "x"', 'single-equals', 1, 20, /write \[==\]/],
    ["process where name == 'x'", 'single-quotes', 1, 23, /double quotes: "x"/],
    ['process where a == ?"x"', 'old-raw-string', 1, 20, /write """/],
    ['process where a == "x', 'unterminated-string', 1, 20, /closing "/],
    ['process where a == """x', 'unterminated-string', 1, 20, /"""/],
    ['process where a == "\\q"', 'bad-escape', 1, 21, /\[\\q\].*raw string/],
    ['process where a == "\\u{zz}"', 'bad-escape', 1, 21, /unicode/],
    ['process where a == "\\u{110000}"', 'bad-escape', 1, 21, /no character/],
    ['process where `a == 1', 'unterminated-identifier', 1, 15, /back-quote/],
    ['process where a /* b', 'unterminated-comment', 1, 17, /\*\//],
    ['process where a == 1 && b == 2', 'unknown-operator', 1, 22, /write \[and\]/],
    ['process where a == 1 || b == 2', 'unknown-operator', 1, 22, /write \[or\]/],
    ['process where !a', 'unknown-operator', 1, 15, /write \[not\]/],
    ['process where a =~ "x"', 'unknown-operator', 1, 17, /regex~/],
    ['process where a == §', 'unexpected-character', 1, 20, /§/],
    ['process where 1 < a < 3', 'chained-comparison', 1, 21, /\[and\]/],
    ['process where a == 1 AND b == 2', 'syntax', 1, 22, /lower case: and/],
    ['process where', 'syntax', 1, 14, /the end of the query/],
    ['process', 'syntax', 1, 8, /\[where\]/],
    ['', 'syntax', 1, 1, /event category/],
    ['where a == 1', 'syntax', 1, 1, /event category/],
    ['process where a ==', 'syntax', 1, 19, /a field, a value or a function/],
    ['process where (a == 1', 'syntax', 1, 22, /\[\)\]/],
    ['process where a == 1)', 'syntax', 1, 21, /\[\|\]/],
    ['process where a in ()', 'empty-list', 1, 21, /at least one value/],
    ['process where a : ("x", b)', 'field-comparison', 1, 25, /\[b\] is a field/],
    ['process where like == 1', 'keyword', 1, 15, /`like`/],
    ['process where a not like "x"', 'syntax', 1, 17, /not a like/],
    ['process where a[0] == 1', 'array-index', 1, 16, /any of its values/],
    ['process where child of [process where true]', 'lineage', 1, 21, /not supported/],
    ['process where a == b', 'field-comparison', 1, 20, /not \(currently\) supported; offender \[b\]/],
    ['process where length(a) == length(b)', 'field-comparison', 1, 28, /offender/],
    ['process where a in (1, b)', 'field-comparison', 1, 24, /offender \[b\]/],
    ['process where strlen(a) == 1', 'unknown-function', 1, 15, /Unknown function \[strlen\]/],
    ['process where lenght(a) == 1', 'unknown-function', 1, 15, /did you mean \[length\]/],
    ['process where length() == 1', 'arity', 1, 15, /takes 1 argument, found 0: length\(string\)/],
    ['process where between(a, "b") == "c"', 'arity', 1, 15, /3 to 4 arguments/],
    ['process where length~(a) == 1', 'no-insensitive', 1, 15, /no case-insensitive form/],
    ['process where startsWith(1, "a")', 'type', 1, 26, /must be \[string\]/],
    ['process where cidrMatch(a, b)', 'not-constant', 1, 28, /must be a constant/],
    ['process where cidrMatch(a, "10.0.0.0/33")', 'cidr', 1, 28, /10\.0\.0\.0\/8/],
    ['process where cidrMatch(process.name, "10.0.0.0/8")', 'type', 1, 25, /must be \[ip\]/],
    ['process where cidrMatch(message, "10.0.0.0/8")', 'type', 1, 25, /must be \[ip\]/],
    ['process where cidrMatch("10.1.2.3", "10.0.0.0/8")', 'type', 1, 25, /must be \[ip\]/],
    ['process where cidrMatch(string(destination.ip), "10.0.0.0/8")', 'type', 1, 25, /must be \[ip\]/],
    ['process where process.pid : "1*"', 'type', 1, 15, /strings only/],
    ['process where destination.ip : "10.*"', 'type', 1, 15, /cidrMatch/],
    ['process where process.name : 1', 'type', 1, 30, /takes strings/],
    ['process where process.pid == "abc"', 'type', 1, 30, /cannot be compared/],
    ['process where destination.ip == "abc"', 'type', 1, 33, /not an IP address/],
    ['process where destination.ip > "10.0.0.0/8"', 'type', 1, 32, /not an IP address/],
    ['process where @timestamp > "yesterday"', 'type', 1, 28, /ISO 8601/],
    ['process where process.interactive == 1', 'type', 1, 38, /true or false/],
    ['process where process.name', 'type', 1, 15, /needs to be boolean/],
    ['process where process.pid + 1', 'type', 1, 15, /needs to be boolean/],
    ['process where process.name + 1 == 2', 'type', 1, 15, /\[numeric\]/],
    ['process where process.pid in~ ("a")', 'type', 1, 15, /in~/],
    ['process where a regex "^x"', 'regex', 1, 23, /\[\^\] is not an anchor/],
    ['process where a regex "x$"', 'regex', 1, 23, /\[\$\] is not an anchor/],
    ['process where a regex "(?i)x"', 'regex', 1, 23, /regex~/],
    ['process where a regex "[a-"', 'regex', 1, 23, /character class/],
    ['process where a regex "a{2,1}"', 'regex', 1, 23, /wrong way round/],
    ['process where a regex "(((a{99}){99}){99})"', 'regex', 1, 23, /too complex/],
    ['process where a regex "<5>"', 'regex', 1, 23, /interval/],
    ['process where true | count', 'unsupported-pipe', 1, 22, /Pipe \[count\] is not supported/],
    ['process where true | head', 'pipe-argument', 1, 22, /exactly one argument but found \[0\]/],
    ['process where true | head 1, 2', 'pipe-argument', 1, 22, /found \[2\]/],
    ['process where true | tail -1', 'pipe-argument', 1, 27, /positive integer but found \[-1\]/],
    ['process where true | head 1.5', 'pipe-argument', 1, 27, /positive integer/],
    ['join [a where true] [b where true]', 'join', 1, 1, /write \[sequence\]/],
    ['sequence [a where true]', 'few-stages', 1, 1, /minimum of 2 queries, found \[1\]/],
    ['sequence [a where true] with runs=1', 'few-stages', 1, 1, /minimum of 2/],
    ['sequence with maxspan=1s by x [a where true] [b where true]', 'by-after-with', 1, 26, /\[by\] before \[with\]/],
    ['sequence [a where true] by x [b where true]', 'key-count', 1, 30, /expected \[1\] but found \[0\]/],
    ['sequence [a where true] by x [b where true] by x until [c where true]', 'key-count', 1, 56, /expected \[1\] but found \[0\]/],
    ['sequence with maxspan=0s [a where true] [b where true]', 'maxspan', 1, 23, /positive maxspan/],
    ['sequence with maxspan=-1s [a where true] [b where true]', 'maxspan', 1, 24, /positive maxspan/],
    ['sequence with maxspan=1.5s [a where true] [b where true]', 'maxspan', 1, 23, /Decimal time interval/],
    ['sequence with maxspan=10 [a where true] [b where true]', 'maxspan', 1, 23, /\[10s\]/],
    ['sequence with maxspan=1w [a where true] [b where true]', 'maxspan', 1, 24, /\[ms, s, m, h, d\]/],
    ['sequence [a where true] with runs=0 [b where true]', 'runs', 1, 25, /1 to 100/],
    ['sequence [a where true] with runs=101 [b where true]', 'runs', 1, 25, /1 to 100/],
    ['sequence with maxspan=1s [a where true] ![b where true] with runs=0', 'runs', 1, 57, /1 to 100/],
    ['sequence with maxspan=1s [a where true] ![b where true] with runs=101', 'runs', 1, 57, /1 to 100/],
    ['sequence with maxspan=1s ![a where true] with runs=2', 'no-positive-stage', 1, 1, /must happen/],
    ['`process` where true', 'syntax', 1, 1, /write the event category as a text: "process"/],
    ['sequence [`odd name` where true] [b where true]', 'syntax', 1, 11, /"odd name"/],
    ['sequence [a where true] ![b where true]', 'missing-without-maxspan', 1, 25, /with maxspan/],
    ['sequence with maxspan=1s ![a where true] ![b where true]', 'no-positive-stage', 1, 1, /must happen/],
    ['sequence with maxspan=1s [a where true] [b where true] until ![c where true]', 'missing-until', 1, 62, /until/],
    ['sequence by length(x) [a where true] [b where true]', 'key-not-field', 1, 13, /must be a field/],
    ['sequence by x [a where true] fork=true [b where true]', 'fork', 1, 30, /fork/],
    ['sequence [a where true] by process.pid [b where true] by process.name', 'key-type', 1, 58, /can never equal/],
    ['sample by x [a where true]', 'few-stages', 1, 1, /minimum of 2/],
    ['sample [a where true] [b where true]', 'sample-keys', 1, 1, /at least one join key/],
    ['sample by x with maxspan=1s [a where true] [b where true]', 'with-not-allowed', 1, 13, /no order in time/],
    ['sample by x [a where true] [b where true] until [c where true]', 'sample-until', 1, 49, /until/],
    ['sample by x [a where true] ![b where true]', 'sample-missing', 1, 28, /not allowed/],
    ['sample by x [a where true] [b where true] with runs=2', 'sample-runs', 1, 43, /not allowed/],
    ['sample by x [a where true] [b where true] | head 1', 'sample-pipe', 1, 43, /pipes/],
  ])('%s', (query, code, line, column, message) => {
    expect(errors(query)[0]).toEqual([code, line, column])
    expect(firstMessage(query)).toMatch(message)
  })
})

describe('all mistakes are told', () => {
  test('in one condition', () => {
    expect(errors('process where a = 1 and\n  foo(2) and (b == c or 1 < d < 3) and e ==')).toEqual([
      ['single-equals', 1, 17],
      ['chained-comparison', 2, 31],
      ['syntax', 2, 44],
    ])
  })

  test('of grammar and of meaning at once, where the rest can be read', () => {
    expect(errors("process where a = 1 and foo(2) and b == c and d == 'x'")).toEqual([
      ['single-equals', 1, 17],
      ['unknown-function', 1, 25],
      ['field-comparison', 1, 41],
      ['single-quotes', 1, 52],
    ])
  })

  test('in every term of a sequence', () => {
    expect(errors('sequence by x\n [a where b ==]\n [c where = 1]\n [d where true] | unique x').map(([code, line]) => [code, line])).toEqual([
      ['syntax', 2],
      ['syntax', 3],
      ['unsupported-pipe', 4],
    ])
  })
})

test('warnings do not refuse', () => {
  const result = compile('process where nme == "a*" and message : "x" and a regex """\\d+"""')
  expect(result.ok).toBe(true)
  expect(result.diagnostics.map((d) => [d.code, d.severity])).toEqual([
    ['unknown-field', 'warning'],
    ['literal-wildcard', 'warning'],
    ['text-field', 'warning'],
    ['unknown-field', 'warning'],
    ['regex', 'warning'],
  ])
})

test('an unknown field is suggested a known one', () => {
  expect(compile('process where process.comand_line : "x"').diagnostics[0]?.message).toContain('did you mean [process.command_line]?')
})

test('the code frame points at the place', () => {
  const source = 'process where\n  process.name = "x"'
  expect(codeFrame(source, compile(source).diagnostics[0]!)).toBe('2 |   process.name = "x"\n  |                ^')
})

describe('limits, each with its own message', () => {
  test.each([
    ['length', `process where a == "${'x'.repeat(LIMITS.eqlQueryLength)}"`, 'query-too-long'],
    ['tokens', `process where ${'-'.repeat(LIMITS.eqlTokens)}`, 'too-many-tokens'],
    ['parentheses', `process where ${'('.repeat(5_000)}a${')'.repeat(5_000)}`, 'too-deep'],
    ['not', `process where ${'not '.repeat(5_000)}a`, 'too-deep'],
    ['signs', `process where ${'-'.repeat(5_000)}a == 1`, 'too-deep'],
    ['sums', `process where ${'1 + '.repeat(5_000)}a == 1`, 'too-deep'],
    ['calls', `process where ${'length('.repeat(5_000)}`, 'too-deep'],
    ['list', `process where a in (${Array.from({ length: LIMITS.eqlListItems + 1 }, (_, i) => i).join(',')})`, 'too-many-items'],
    ['stages', `sequence ${'[a where true] '.repeat(LIMITS.eqlStages + 1)}`, 'too-many-stages'],
    ['runs', `sequence ${'[a where true] with runs=100 '.repeat(11)}`, 'too-many-stages'],
    ['regex', `process where a regex "${'x'.repeat(LIMITS.eqlRegexLength + 1)}"`, 'regex'],
  ])('%s', (_, query, code) => {
    expect(errors(query).map(([c]) => c)).toContain(code)
  })

  test('no more than so many diagnostics', () => {
    expect(compile(`process where ${'§ '.repeat(10_000)}`).diagnostics.length).toBeLessThanOrEqual(LIMITS.eqlDiagnostics)
  })
})
