import { describe, expect, test } from 'vitest'
import { loadPolicy, parsePolicy } from '@/lib/secl'
import type { LoadOptions, LoadedEntry } from '@/lib/secl'

function load(text: string, options: LoadOptions = {}): readonly LoadedEntry[] {
  const { policy, diagnostics } = parsePolicy(text)
  if (!policy) throw new Error(diagnostics[0]?.message)
  const { rules, macros } = loadPolicy(policy, options)
  return [...macros, ...rules]
}

const states = (entries: readonly LoadedEntry[]) => entries.map((e) => [e.id, e.state, e.reason, e.column])

const POLICY = `version: 1.2.3
type: policy
macros:
  - id: TOOLS
    expression: '["curl", "wget"]'
  - id: PATHS
    values: ["/usr/bin/curl", "/usr/bin/wget"]
  - id: BROKEN
    expression: '["curl"'
  - id: ON_WINDOWS
    expression: '["cmd.exe"]'
    filters: ['os == "windows"']
rules:
  - id: fine
    description: A tool
    expression: exec.comm in TOOLS && exec.file.path in PATHS
    tags: {severity: high, n: 3}
    every: 30s
    filters: ['os == "windows"', 'os == "linux"']
  - id: for_windows
    expression: exec.cmdline =~ "*x*"
    filters: ['os == "windows"']
  - id: for_later_agents
    expression: exec.comm == "x"
    agent_version: ">= 99"
  - id: switched_off
    expression: exec.comm == "x"
    disabled: true
  - id: another_event
    expression: chmod.file.path == "/etc/passwd" && exec.comm == "x"
  - id: not_collected_event
    expression: process.uid == 0 && chmod.file.path == "/etc/passwd"
  - id: not_collected_field
    expression: exec.comm == "x" && process.file.modification_time < 30s
  - id: wants_variable
    expression: exec.comm == "x" && process.args not in \${cgroup.seen}
    actions:
      - set: {name: seen, field: process.args, append: true, scope: cgroup}
  - id: syntax
    expression: exec.comm == "x" &&
  - id: type_error
    expression: exec.comm == "x" && exec.uid == "root"
  - id: no_macro
    expression: exec.comm in ON_WINDOWS
  - id: bad_macro
    expression: exec.comm in BROKEN
  - id: fine
    expression: exec.comm == "twice"
  - id: "not an id"
    expression: exec.comm == "x"
  - expression: exec.comm == "x"
  - id: nothing
  - 3
  - id: kernel
    expression: exec.comm == "x"
    filters: ['kernel.version.major == 5 && os == "linux"']
  - id: kernel_elsewhere
    expression: exec.comm == "x"
    filters: ['kernel.version.major == 5 && os == "windows"']
  - id: bad_filter
    expression: exec.comm == "x"
    filters: ['os = "linux"']
`

test('every entry has a state, a reason and a place', () => {
  expect(states(load(POLICY))).toEqual([
    ['TOOLS', 'loaded', null, null],
    ['PATHS', 'loaded', null, null],
    ['BROKEN', 'error', 'expected [,] or []] in the list but found the end', 8],
    ['ON_WINDOWS', 'filtered', 'no filter lets it in: os == "windows"', null],
    ['fine', 'loaded', null, null],
    ['for_windows', 'filtered', 'no filter lets it in: os == "windows"', null],
    ['for_later_agents', 'filtered', 'for agent >= 99; this is 7.70.1', null],
    ['switched_off', 'filtered', 'disabled by the policy', null],
    ['another_event', 'error', '[exec.comm] is of the event type [exec], and the fields before it of [chmod]; a rule reads one event type', 37],
    ['not_collected_event', 'unsupported', 'needs the event type chmod, not collected', 21],
    ['not_collected_field', 'unsupported', 'needs process.file.modification_time, not collected', 21],
    ['wants_variable', 'unsupported', 'needs ${cgroup.seen}, which only actions set', 41],
    ['syntax', 'error', 'expected a field, a value or [(] but found the end', 20],
    ['type_error', 'error', 'a number is compared with a string', 33],
    ['no_macro', 'error', 'unknown field, macro or constant [ON_WINDOWS]', 14],
    ['bad_macro', 'error', 'in macro [BROKEN]: expected [,] or []] in the list but found the end', 14],
    ['fine', 'error', 'the rule [fine] is defined twice; say combine: override if that is meant', null],
    ['not an id', 'error', 'id: an id is made of letters, digits and _', null],
    ['', 'error', 'id: needs an [id]', null],
    ['nothing', 'error', 'the rule has no [expression]', null],
    ['', 'error', 'Invalid input: expected object, received number', null],
    ['kernel', 'loaded', 'not decided by its filter: kernel.version.major is not known', null],
    ['kernel_elsewhere', 'filtered', 'no filter lets it in: kernel.version.major == 5 && os == "windows"', null],
    ['bad_filter', 'filtered', 'no filter lets it in: os = "linux" (SECL has no [=]; write [==])', null],
  ])
})

test('lines are those of the file', () => {
  expect(load(POLICY).map((e) => e.line).slice(0, 6)).toEqual([4, 6, 8, 10, 14, 20])
})

test('what is loaded carries its rule and runs', () => {
  const { policy } = parsePolicy(POLICY)
  const [fine] = loadPolicy(policy!).rules
  expect(fine?.rule).toMatchObject({ description: 'A tool', every: 30_000, tags: { severity: 'high', n: '3' }, disabled: false, silent: false, actions: [] })
  expect(fine?.expression?.eventType).toBe('exec')
})

test('facts and the agent version decide', () => {
  const some = (options: LoadOptions) => load(POLICY, options).filter((e) => /^(?:for_|kernel)/.test(e.id)).map((e) => `${e.id} ${e.state}`)
  expect(some({ agentVersion: '99.1.0', facts: { 'kernel.version.major': 6 } })).toEqual(['for_windows filtered', 'for_later_agents loaded', 'kernel filtered', 'kernel_elsewhere filtered'])
  expect(some({ facts: { os: 'windows' } })[0]).toBe('for_windows unsupported')
})

describe('several policies', () => {
  const parse = (text: string) => parsePolicy(`version: 1\n${text}`).policy!
  const base = parse(`macros:
  - {id: A, expression: '["x"]'}
  - {id: B, expression: '["x"]'}
rules:
  - {id: r, expression: exec.comm in A, every: 1m, tags: {k: v}}
  - {id: s, expression: exec.comm in B}`)

  test('macros merge or override, rules override as a whole or by field', () => {
    const more = parse(`macros:
  - {id: A, expression: '[~"y*"]', combine: merge}
  - {id: B, expression: '["z"]', combine: override}
rules:
  - {id: r, expression: exec.uid == 0, combine: override, override_options: {fields: [every]}, every: 5s}
  - {id: s, expression: exec.uid == 0, combine: override}`)
    const { rules } = loadPolicy([base, more])
    expect(rules.map((r) => [r.id, r.state, r.rule?.expression, r.rule?.every, r.rule?.tags])).toEqual([
      ['r', 'loaded', 'exec.comm in A', 5_000, { k: 'v' }],
      ['s', 'loaded', 'exec.uid == 0', null, {}],
    ])
  })

  test('a merged list has the entries of both', () => {
    const merged = loadPolicy([base, parse(`macros:\n  - {id: A, expression: '[~"y*"]', combine: merge}`)])
    const explained = merged.rules[0]!.expression!.explain({ now: 0, isEvent: () => true, read: () => 'yes', count: () => 0, readAt: () => undefined, variable: () => undefined })
    expect([explained.matched, explained.condition.decidedBy]).toEqual([true, '~"y*"'])
  })

  test('what cannot be combined is an error', () => {
    const wrong = parse(`macros:
  - {id: A, expression: '["y"]'}
  - {id: B, expression: exec.uid == 0, combine: merge}`)
    expect(loadPolicy([base, wrong]).macros.slice(2).map((m) => m.reason)).toEqual(['the macro [A] is defined twice; say whether to merge or to override', 'only lists can be merged'])
  })
})

describe('files that are no policy', () => {
  test.each([
    ['', 1],
    ['just text', 1],
    ['- a\n- list', 1],
    ['rules: []', 1],
    ['version: 1\nrules: {a: 1}', 1],
    ['version: 1\nrules:\n  - id: a\n   expression: b', 4],
    ['version: 1\nrules: [', 2],
    ['version: 1\nversion: 2', 2],
    ['a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nversion: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]', 1],
    ['\u0000\u0001', 1],
  ])('%j', (text, line) => {
    const { policy, diagnostics } = parsePolicy(text)
    expect(policy).toBeNull()
    expect(diagnostics[0]?.line).toBe(line)
  })
})
