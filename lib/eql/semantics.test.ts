import { describe, expect, test } from 'vitest'
import type { EcsEvent } from '@/lib/ecs/event'
import { parseMapping } from '@/lib/ecs/mapping'
import { compile } from '@/lib/eql'
import type { CompileOptions } from '@/lib/eql'

/** The language as tables: a condition, and whether the event above the table satisfies it. */

function holds(condition: string, event: EcsEvent, options: CompileOptions = {}): boolean | string {
  const result = compile(`any where ${condition}`, options)
  if (!result.ok) return result.diagnostics.find((d) => d.severity === 'error')?.message ?? ''
  return result.query.stages[0]!.matches(event)
}

type Table = readonly (readonly [condition: string, expected: boolean])[]

function table(name: string, event: EcsEvent, rows: Table, options: CompileOptions = {}): void {
  test.each(rows)(`${name}: %s → %s`, (condition, expected) => {
    expect(holds(condition, event, options)).toBe(expected)
  })
}

const EVENT: EcsEvent = {
  '@timestamp': '2026-03-01T10:00:00.123456789Z',
  event: { category: ['process', 'network'], type: ['start'], code: 4624, created: '2026-03-01T10:00:00Z' },
  host: { ip: ['10.1.2.3', 'fe80::1'] },
  process: {
    name: 'Curl',
    pid: 42,
    exit_code: 0,
    args: ['curl', '-s', 'http://169.254.169.254/'],
    args_count: 3,
    executable: '/usr/bin/curl',
    interactive: false,
    command_line: 'curl -s http://169.254.169.254/',
    working_directory: '',
    parent: { pid: 0 },
    thread: {},
  },
  'process.hash.md5': 'abc',
  user: { 'name': 'root', roles: [] },
  destination: { ip: '169.254.169.254', port: 80 },
  source: { ip: '::ffff:10.0.0.7' },
  odd: { text: 'a*b?c', list: [1, 2, 30], deep: [{ x: 'one' }, { x: 'two' }], flag: true, real: 7.5, texts: ['ax', 'b'], nothing: null, nulls: [null], number: '12', v6: 'fe80::1' },
}

describe('operators', () => {
  table('equality minds the case and has no wildcards', EVENT, [
    ['process.name == "Curl"', true],
    ['process.name == "curl"', false],
    ['process.name == "C*"', false],
    ['odd.text == "a*b?c"', true],
    ['process.name != "curl"', true],
    ['process.name != "Curl"', false],
    ['"Curl" == process.name', true],
    ['process.pid == 42', true],
    ['process.pid == 42.0', true],
    ['process.pid == "42"', true],
    ['process.pid != 41', true],
    ['odd.real == 7.5', true],
    ['odd.flag == true', true],
    ['odd.flag != true', false],
    ['event.code == "4624"', true],
    ['event.code == 4624', true],
    ['process.interactive == false', true],
    ['odd.number == 12', true],
  ])
  table(': ignores the case of A–Z and knows wildcards', EVENT, [
    ['process.name : "CURL"', true],
    ['process.name : "c?rl"', true],
    ['process.name : "c?l"', false],
    ['process.name : ("wget", "cu*")', true],
    ['process.name : "url"', false],
    ['odd.text : "A*B?C"', true],
    ['process.executable : "/usr/*/curl"', true],
    ['process.executable : "*/curl"', true],
    ['process.executable : "*bin*"', true],
    ['process.working_directory : "*"', true],
    ['process.working_directory : "?*"', false],
    ['odd.missing : "*"', false],
    ['user.name : "ROO?"', true],
  ])
  table('like minds the case, like~ does not', EVENT, [
    ['process.name like "Cu*"', true],
    ['process.name like "cu*"', false],
    ['process.name like ("x", "*rl")', true],
    ['process.name like~ "cu*"', true],
  ])
  table('in has no wildcards, in~ neither', EVENT, [
    ['process.name in ("wget", "Curl")', true],
    ['process.name in ("wget", "curl")', false],
    ['process.name in ("C*")', false],
    ['process.name in~ ("CURL")', true],
    ['process.name in~ ("C*")', false],
    ['process.name not in ("wget")', true],
    ['process.name not in~ ("CURL")', false],
    ['process.pid in (1, 42)', true],
    ['process.pid not in (1, 2)', true],
    ['destination.ip in ("10.0.0.0/8", "169.254.0.0/16")', true],
    ['odd.missing not in ("x")', true],
  ])
  table('regex is Lucene’s, anchored', EVENT, [
    ['process.name regex "C.*"', true],
    ['process.name regex "ur"', false],
    ['process.name regex~ "c[tuv]rl"', true],
    ['process.name regex ("x", "Cu(rl|p)")', true],
    ['process.executable regex """/(usr/)?bin/[a-z]{4}"""', true],
    ['process.name regex "@"', true],
    ['process.name regex "~(wget)"', true],
    ['process.name regex "C@&~(@x@)"', true],
    ['process.name regex "#"', false],
    ['string(process.pid) regex "<40-45>"', true],
    ['string(process.pid) regex "<043-045>"', false],
    ['odd.text regex """a\\*b\\?c"""', true],
    ['odd.text regex "\\"a*b?c\\""', true],
  ])
  table('order', EVENT, [
    ['process.pid > 41', true],
    ['process.pid >= 42', true],
    ['process.pid < 42', false],
    ['41 < process.pid', true],
    ['process.name > "Cu"', true],
    ['process.name < "Z"', true],
    ['process.name < "a"', true],
    ['odd.missing < 1', false],
    ['not odd.missing < 1', true],
    ['destination.ip > "169.254.169.253"', true],
    ['destination.ip <= "169.254.169.253"', false],
  ])
})

describe('values', () => {
  table('any value of an array', EVENT, [
    ['process.args : "-S"', true],
    ['process.args == "curl" and process.args : "http*"', true],
    ['process.args != "-s"', false],
    ['not process.args : "wget"', true],
    ['odd.list > 25', true],
    ['odd.list == 2', true],
    ['odd.list != 2', false],
    ['odd.deep.x == "two"', true],
    ['length(process.args) == 2', true],
    ['length(process.args) == 3', false],
    ['odd.list + 1 == 31', true],
    ['indexOf(odd.texts, "x") == null', true],
    ['indexOf(odd.texts, "x") != null', false],
    ['indexOf(odd.texts, "q") != null', false],
    ['indexOf(process.args, "") != null', true],
    ['indexOf(odd.missing, "x") != null', false],
    ['not indexOf(odd.texts, "x") == null', false],
    ['(indexOf(odd.texts, "x") != null) == false', true],
  ])
  table('absent fields make leaves false, and not is the complement', EVENT, [
    ['odd.missing == "x"', false],
    ['odd.missing != "x"', true],
    ['not odd.missing == "x"', true],
    ['not (odd.missing : "x" or odd.missing : "y")', true],
    ['odd.missing == null', true],
    ['odd.missing != null', false],
    ['user.roles == null', true],
    ['odd.nothing == null', true],
    ['odd.nulls == null', true],
    ['process.working_directory == null', false],
    ['process.working_directory == ""', true],
    ['process.thread.id == null', true],
    ['length(odd.missing) > 0', false],
    ['not length(odd.missing) > 0', true],
    ['length(odd.missing) == null', true],
    ['length(odd.missing) != null', false],
    ['startsWith(odd.missing, "a") == false', true],
    ['startsWith(odd.missing, "a") != true', true],
    ['odd.flag == null', false],
    ['null == (odd.missing > 3)', true],
    ['null == (process.pid > 3)', false],
    ['odd.missing', false],
    ['odd.flag', true],
    ['process.interactive', false],
    ['not process.interactive', true],
    ['?nowhere.at.all == null', true],
    ['?nowhere.at.all != "a"', true],
    ['?nowhere.at.all == "a"', false],
  ])
  table('dotted keys and back-quotes', EVENT, [
    ['process.hash.md5 == "abc"', true],
    ['`process.hash.md5` == "abc"', true],
    ['process.`hash`.md5 == "abc"', true],
    ['constructor == null', true],
    ['odd == null', true],
    ['odd.deep == null', true],
    ['__proto__ == null', true],
    ['process.toString == null', true],
  ])
  table('addresses', EVENT, [
    ['destination.ip == "169.254.169.254"', true],
    ['destination.ip == "169.254.0.0/16"', true],
    ['destination.ip != "169.254.0.0/16"', false],
    ['destination.ip == "::ffff:169.254.169.254"', true],
    ['source.ip == "10.0.0.7"', true],
    ['source.ip == "10.0.0.0/8"', true],
    ['host.ip == "fe80::/10"', true],
    ['host.ip == "fe80:0:0::1"', true],
    ['cidrMatch(destination.ip, "10.0.0.0/8", "169.254.0.0/16")', true],
    ['cidrmatch(host.ip, "fe80::/10")', true],
    ['cidrMatch(host.ip, "192.168.0.0/16")', false],
    ['not cidrMatch(odd.missing, "0.0.0.0/0")', true],
    ['cidrMatch(destination.ip, "169.254.3.4/16")', true],
    ['cidrMatch(destination.ip, "::/0")', true],
    ['cidrMatch(host.ip, "0.0.0.0/0")', true],
    ['cidrMatch(source.ip, "0.0.0.0/0")', true],
    ['cidrMatch(odd.v6, "0.0.0.0/0")', false],
    ['destination.ip == "::/0"', true],
  ])
  table('dates', EVENT, [
    ['@timestamp == "2026-03-01T10:00:00"', true],
    ['@timestamp == "2026-03-01"', true],
    ['@timestamp == "2026-03-01T10:00:00.123Z"', true],
    ['@timestamp == "2026-03-01T10:00:00.123456789Z"', true],
    ['@timestamp == "2026-03-01T10:00:00.123456788Z"', false],
    ['@timestamp > "2026-03-01T10:00:00.123456788Z"', true],
    ['@timestamp > "2026-03-01"', false],
    ['@timestamp >= "2026-03-01"', true],
    ['@timestamp <= "2026-03-01"', true],
    ['@timestamp < "2026-03-02T00:00:00+01:00"', true],
    ['@timestamp == 1772359200123', true],
    ['@timestamp > 1772359200122', true],
    ['event.created == "2026-03-01T11:00:00+01:00"', true],
  ])
  test('date math needs to be told the time', () => {
    const now = Date.UTC(2026, 2, 1, 10, 5)
    expect(holds('@timestamp >= "now-10m"', EVENT, { now })).toBe(true)
    expect(holds('@timestamp >= "now-1m"', EVENT, { now })).toBe(false)
    expect(holds('@timestamp >= "now/d"', EVENT, { now })).toBe(true)
    expect(holds('@timestamp >= "2026-02-01||+1M/d"', EVENT)).toBe(true)
    expect(holds('@timestamp >= "now-10m"', EVENT)).toBe(false)
  })
  test('a timestamp of digits is milliseconds', () => {
    expect(holds('@timestamp == "2026-03-01T10:00:00Z"', { '@timestamp': '1772359200000' })).toBe(true)
  })
})

describe('arithmetic', () => {
  table('integers divide as integers', { a: 7, b: -7, r: 7.5 }, [
    ['a / 2 == 3', true],
    ['a / 2.0 == 3.5', true],
    ['b / 2 == -3', true],
    ['r / 2 == 3.75', true],
    ['a % 3 == 1', true],
    ['b % 3 == -1', true],
    ['a + 1 * 2 == 9', true],
    ['(a + 1) * 2 == 16', true],
    ['-a + 10 == 3', true],
    ['a - -1 == 8', true],
    ['a-1 == 6', true],
    ['divide(a, 2) == 3', true],
    ['modulo(a, 4) == 3', true],
    ['add(a, 1) == 8', true],
    ['subtract(a, 1) == 6', true],
    ['multiply(a, 2) == 14', true],
    ['a / 0 == null', true],
    ['a / 0 > 0', false],
    ['missing + 1 == null', true],
    ['8 - 1 == a', true],
  ])
})

describe('functions', () => {
  table('on constants', {}, [
    ['between("system idle process", "system ", " process") == "idle"', true],
    ['between("aXbXc", "a", "X", true) == "Xb"', true],
    ['between("abc", "x", "c") == ""', true],
    ['between("abc", "", "c") == "abc"', true],
    ['between("abc", "a", "") == "abc"', true],
    ['between("abc", "x", "") == "abc"', true],
    ['between("abc", "", "x", true) == "abc"', true],
    ['between~("abc", "", "C") == "abc"', true],
    ['between("", "", "") == ""', true],
    ['between("abc", null, "c") == null', true],
    ['between~("SYSTEM", "s", "M") == "YSTE"', true],
    ['concat("a", 1, true, 2.5) == "a1true2.5"', true],
    ['concat("a", null) == null', true],
    ['concat(66.0) == "66.0"', true],
    ['endsWith("abc", "")', true],
    ['endsWith("abc", "C")', false],
    ['endsWith~("abc", "C")', true],
    ['ENDSWITH("abc", "c")', true],
    ['startsWith("abc", "a")', true],
    ['stringContains("abc", "b")', true],
    ['stringContains("", "")', false],
    ['stringContains("abc", null) == null', true],
    ['stringContains~("ABC", "b")', true],
    ['indexOf("abcabc", "c") == 2', true],
    ['indexOf("abcabc", "c", 3) == 5', true],
    ['indexOf("abc", "x") == null', true],
    ['indexOf("abc", "c", 10) == null', true],
    ['indexOf("", "") == 0', true],
    ['indexOf("abc", "", 5) == 3', true],
    ['indexOf("abc", "", 1) == 1', true],
    ['indexOf("abc", "", -2) == 0', true],
    ['indexOf("abc", "a", -2) == 0', true],
    ['indexOf~("abc", "", 9) == length("abc")', true],
    ['indexOf~("ABC", "b") == 1', true],
    ['length("") == 0', true],
    ['length(null) == null', true],
    ['number("0x1F") == 31', true],
    ['number("1f", 16) == 31', true],
    ['number("12.5") == 12.5', true],
    ['number("-31", 8) == -25', true],
    ['number("x") == null', true],
    ['number("9", 8) == null', true],
    ['string(12) == "12"', true],
    ['string(true) == "true"', true],
    ['substring("hello", 1, 3) == "el"', true],
    ['substring("hello", -3) == "llo"', true],
    ['substring("hello", -3, -1) == "ll"', true],
    ['substring("hello", 9) == ""', true],
    ['substring("hello", 0, 99) == "hello"', true],
    ['wildcard("hello", "x*", "h?llo")', true],
    ['wildcard("hello", "H*")', false],
    ['wildcard~("hello", "H*")', true],
    ['(true and null) == null', true],
    ['(false and null) == false', true],
    ['(true or null) == true', true],
    ['(not null) == null', true],
    ['(1 == 1) == true', true],
    ['(null < 1) == null', true],
    ['null == null', true],
    ['1 == null', false],
    ['("b" in ("a", "b")) == true', true],
  ])
  table('on fields', EVENT, [
    ['startsWith~(process.name, "CU")', true],
    ['endsWith(process.executable, "curl")', true],
    ['stringContains(process.command_line, "169.254")', true],
    ['concat(process.name, ":", process.pid) == "Curl:42"', true],
    ['string(process.pid) : "4?"', true],
    ['startsWith(process.command_line, substring(process.executable, -4))', true],
    ['length(process.name) == 4', true],
    ['length(process.command_line) - length(process.name) > 10', true],
    ['startsWith("Curly", process.name)', true],
    ['wildcard(process.name, "C*")', true],
    ['number(string(process.pid)) == 42', true],
    ['true == (process.name in ("Curl"))', true],
    ['(process.name : "curl") == false', false],
  ])
})

describe('categories', () => {
  test.each([
    ['process where true', true],
    ['network where true', true],
    ['Process where true', false],
    ['file where true', false],
    ['any where true', true],
    ['"process" where true', true],
  ])('%s → %s', (query, expected) => {
    const result = compile(query)
    expect(result.ok && result.query.stages[0]!.matches(EVENT)).toBe(expected)
  })
  test('another category field', () => {
    const result = compile('start where true', { categoryField: 'event.type' })
    expect(result.ok && result.query.stages[0]!.matches(EVENT)).toBe(true)
  })
})

describe('strings', () => {
  table('escapes', { s: 'tab\there "q" \\ é \u{1F600}', t: "it's" }, [
    [String.raw`s == "tab\there \"q\" \\ \u{e9} \u{1F600}"`, true],
    ['s : """tab?here "q" \\ *"""', true],
    [String.raw`t == "it\'s"`, true],
    ['"""ends with """" == "ends with \\""', true],
  ])
  table('a question mark is one character, however it is encoded', { s: 'a\u{1F600}b', t: '\u{1F600}' }, [
    ['s : "a?b"', true],
    ['s : "a??b"', false],
    ['t : "?"', true],
    ['s : "*?b"', true],
    ['s : "a?*b"', true],
    ['s regex "a.b"', true],
  ])
  table('only A–Z are folded', { s: 'ÉCOLE', k: '\u212A' }, [
    ['s : "Écol?"', true],
    ['s : "école"', false],
    ['k : "k"', false],
    ['s in~ ("Écol\\u{45}")', true],
  ])
})

describe('an optional field that the mapping lacks is the null it is written as', () => {
  const schema = parseMapping({ mappings: { dynamic: false, properties: { a: { type: 'keyword' }, n: { type: 'long' }, flag: { type: 'boolean' } } } })!
  // The event has the field: without a mapping of it, nobody can see that.
  table('in conditions', { a: 'one', n: 2, flag: true, x: 's', y: 1 }, [
    ['?x == null', true],
    ['?x != null', false],
    ['?x == "s"', false],
    ['?x != "s"', true],
    ['not ?x == "s"', true],
    ['not ?x != "s"', false],
    ['"s" == ?x', false],
    ['?x == ?y', true],
    ['?x != ?y', false],
    ['?x == a', false],
    ['?x != a', true],
    ['?x : "s"', false],
    ['not ?x : "s"', false],
    ['?x : ("s", "t")', false],
    ['not ?x like "s*"', false],
    ['not ?x regex~ "s"', false],
    ['?x in ("s")', false],
    ['?x not in ("s")', false],
    ['?x not in~ ("s")', false],
    ['?x < 1', false],
    ['not (?x < 1)', false],
    ['not (?x >= 1)', false],
    ['not (?x < 1 and n == 2)', false],
    ['not (?x < 1 and n == 3)', false],
    ['not (n == 3 and ?x < 1)', false],
    ['?x < 1 or n == 2', true],
    ['not (?x < 1 or n == 2)', false],
    ['not (?x < 1 or n == 3)', true],
    ['not (?x < 1 or ?y < 1 or n == 3)', true],
    ['not (?x < 1 or ?y < 1)', false],
    ['not (?x < 1 and false)', true],
    ['not (?x < 1 and n == 2 and false)', true],
    ['?x < 1 or true', true],
    ['(?x : "s" or n == 2) and a : "one"', true],
    ['?x', false],
    ['not ?x', false],
    ['startsWith(?x, "s")', false],
    ['not startsWith(?x, "s")', false],
    ['not startsWith(a, ?x)', false],
    ['length(?x) > 0', false],
    ['not (length(?x) > 0)', false],
    ['length(?x) == null', true],
    ['concat(a, ?x) == null', true],
    ['?x + 1 == null', true],
    ['not (?x + n > 0)', false],
    ['(?x < 1) == null', true],
    ['(?x : "s") == false', false],
    ['(?x == "s") == false', true],
    ['(?x < 1 and n == 3) == null', true],
    ['indexOf(a, "n", ?x) == 1', true],
    ['cidrMatch(?x, "10.0.0.0/8") == null', true],
    ['?a == "one"', true],
    ['not ?a : "two"', true],
    ['not null', false],
    ['not (null and n == 3)', false],
  ], { schema })

  test.each([
    ['any where ?x == ?y', true],
    ['any where a == ?y', true],
    ['any where a == n', false],
    ['any where x == 1', false],
  ])('%s compiles: %s', (query, expected) => {
    expect(compile(query, { schema }).ok).toBe(expected)
  })

  test('a stage that nothing can satisfy leaves nothing of a sequence, a missing one too', () => {
    const stages = (query: string) => {
      const result = compile(query, { schema })
      return result.ok && result.query.stages.map((stage) => stage.matches({ '@timestamp': 1, a: 'one', n: 2 }))
    }
    expect(stages('sequence [any where n == 2] [any where a == "one"]')).toEqual([true, true])
    expect(stages('sequence [any where n == 2] [any where not ?x : "s"]')).toEqual([false, false])
    expect(stages('sequence with maxspan=1s [any where n == 2] ![any where not ?x : "s"]')).toEqual([false, false])
    expect(stages('sample by a [any where n == 2] [any where false and n == 2]')).toEqual([false, false])
  })
})

describe('a mapping of the caller’s', () => {
  const schema = parseMapping({
    mappings: {
      properties: {
        name: { type: 'keyword' },
        other: { type: 'alias', path: 'name' },
        size: { type: 'integer', null_value: 5 },
        note: { type: 'text' },
        title: { type: 'text', fields: { keyword: { type: 'keyword' }, english: { type: 'text' } } },
        kind: { type: 'constant_keyword', value: 'fixed' },
        at: { type: 'date', format: 'epoch_second' },
        tags: { type: 'flattened' },
        list: { type: 'nested', properties: { a: { type: 'keyword' } } },
        release: { type: 'version' },
      },
    },
  })!
  const event = { name: 'x', size: null, title: 'Whole Title', at: 1_772_359_200, tags: { a: 'b' }, release: '1.10.0' }
  table('types, aliases, null_value, constants, multi-fields', event, [
    ['other == "x"', true],
    ['size == 5', true],
    ['size == null', false],
    ['kind == "fixed"', true],
    ['title == "Whole Title"', true],
    ['title.keyword : "whole*"', true],
    ['at == "2026-03-01T10:00:00Z"', true],
    ['tags.a == "b"', true],
    ['release > "1.9.0"', true],
    ['release == "1.10.0"', true],
    ['?absent == null', true],
  ], { schema })
  const dated = parseMapping({
    mappings: {
      properties: {
        day: { type: 'date', format: 'dd-MM-yyyy' },
        either: { type: 'date', format: 'dd-MM-yyyy||yyyy/MM/dd HH:mm||epoch_second' },
        exact: { type: 'date_nanos' },
        plain: { type: 'date' },
      },
    },
  })!
  table('dates as their mapping writes them', { day: '31-12-2025', either: ['05-01-2026', '2026/01/07 10:30', 1_767_800_000], exact: '2026-03-01T10:00:00.123456789Z', plain: '2026-03-01T10:00:00.123456789Z' }, [
    ['day == "31-12-2025"', true],
    ['day > "30-12-2025"', true],
    ['day > "31-12-2025"', false],
    ['day >= "31-12-2025"', true],
    ['day in ("01-01-2025", "31-12-2025")', true],
    ['day != "31-12-2025"', false],
    ['day < "01-01-2026"', true],
    ['day == "31-12-2025||/d"', true],
    ['day == "30-12-2025||+1d"', true],
    ['either == "05-01-2026"', true],
    ['either == "2026/01/07 10:30"', true],
    ['either == "2026/01/07 10:31"', false],
    ['either > "07-01-2026"', false],
    ['either == 1767800000', true],
    ['exact == "2026-03-01T10:00:00.123456789Z"', true],
    ['exact == "2026-03-01T10:00:00.123456788Z"', false],
    ['exact > "2026-03-01T10:00:00.123456788Z"', true],
    ['plain == "2026-03-01T10:00:00.123456788Z"', true],
    ['plain > "2026-03-01T10:00:00.123456788Z"', false],
    ['plain >= "2026-03-01T10:00:00.123999999Z"', true],
    ['plain > "2026-02"', true],
    ['plain > "2026-03"', false],
    ['plain > "2027"', false],
  ], { schema: dated })

  test('a format that is none is refused with its field', () => {
    expect(() => parseMapping({ properties: { a: { properties: { at: { type: 'date', format: 'qqq' } } } } })).toThrow(/"qqq" of the field a\.at/)
  })

  test.each([
    ['absent == 1', /Unknown column \[absent\]/],
    ['nam == "x"', /did you mean \[name\]/],
    ['note == "x"', /text field/],
    ['list.a == "x"', /nested/],
    ['name > 1 and size == "big"', /cannot be compared/],
    ['at == "some day"', /write it as its mapping does: epoch_second/],
    ['cidrMatch(name, "10.0.0.0/8")', /must be \[ip\]/],
  ])('refuses %s', (condition, message) => {
    expect(holds(condition, event, { schema })).toMatch(message)
  })
})
