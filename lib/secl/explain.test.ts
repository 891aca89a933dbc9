import { describe, expect, test } from 'vitest'
import { compileExpression, knownFields, sampleContext } from '@/lib/secl'
import type { CompileOptions, ConditionTrace, Explanation } from '@/lib/secl'

const NOW = 1_790_000_000_000_000_000n
const VALUES = {
  exec: { comm: 'curl', args: '-s http://169.254.169.254/latest/', argv: ['-s', 'http://169.254.169.254/latest/'], uid: 0 },
  process: { ancestors: [{ comm: 'bash', tty_name: '' }, { comm: 'sshd', tty_name: 'pts0' }] },
}

function explain(source: string, options: CompileOptions = {}): Explanation {
  const { context } = sampleContext(VALUES, { now: NOW, schema: knownFields() })
  const result = compileExpression(source, options)
  if (!result.ok) throw new Error(result.diagnostics[0]?.message)
  const explanation = result.expression.explain(context)
  expect(explanation.matched).toBe(result.expression.matches(context))
  return explanation
}

function outline(trace: ConditionTrace): unknown {
  const own = `${trace.text} is ${trace.verdict}`
  return trace.children.length === 0 ? own : [own, ...trace.children.map(outline)]
}

describe('explanations', () => {
  test('every part says how it went, and what was not evaluated', () => {
    const source = 'exec.uid == 0 && (exec.comm == "wget" || exec.comm == "curl" || exec.comm =~ "c*") && not exec.args =~ "x*"'
    expect(outline(explain(source.replace('not exec.args =~ "x*"', '!(exec.args =~ "x*")')).condition)).toEqual([
      'exec.uid == 0 && (exec.comm == "wget" || exec.comm == "curl" || exec.comm =~ "c*") && not (exec.args =~ "x*") is true',
      'exec.uid == 0 is true',
      ['exec.comm == "wget" || exec.comm == "curl" || exec.comm =~ "c*" is true', 'exec.comm == "wget" is false', 'exec.comm == "curl" is true', 'exec.comm =~ "c*" is not-evaluated'],
      ['not (exec.args =~ "x*") is true', 'exec.args =~ "x*" is false'],
    ])
  })

  test('the parts that matched, with the values they matched, by their place in the text', () => {
    const source = 'exec.comm in ["wget", ~"cu*"] && (exec.uid == 7 || exec.argv =~ "http*")'
    const { matching } = explain(source)
    expect(matching.map((m) => [source.slice(m.offset, m.offset + m.length), m.field, m.value])).toEqual([
      ['exec.comm in ["wget", ~"cu*"]', 'exec.comm', 'curl'],
      ['exec.argv =~ "http*"', 'exec.argv', 'http://169.254.169.254/latest/'],
    ])
  })

  test('the entry of a list that decided, and whose value it was', () => {
    const { condition } = explain('exec.comm in ["wget", ~"cu*"] && process.ancestors.tty_name != "" || process.ancestors.tty_name in [~"pts*"]')
    const [first, rest] = condition.children
    expect(first).toMatchObject({ decidedBy: '~"cu*"', matched: { value: 'curl', element: null }, fields: [{ field: 'exec.comm', value: 'curl' }] })
    expect(rest?.children[1]).toMatchObject({ decidedBy: '~"pts*"', matched: { value: 'pts0', element: 1 }, fields: [{ value: ['', 'pts0'] }] })
  })

  test('a register says where it stands', () => {
    const { registers, matching } = explain('process.ancestors[A].tty_name != "" && process.ancestors[A].comm == "sshd"')
    expect(registers).toEqual([{ name: 'A', iterator: 'process.ancestors', index: 1 }])
    expect(matching.map((m) => m.value)).toEqual(['pts0', 'sshd'])
  })

  test('what comes out of a macro stands at its name', () => {
    const source = 'exec.uid == 0 && TOOL'
    const { condition, matching } = explain(source, { macros: { TOOL: 'exec.comm in NAMES', NAMES: '["curl"]' } })
    expect(condition.children[1]).toMatchObject({ macro: 'TOOL', text: 'exec.comm in NAMES', decidedBy: '"curl"', span: { start: 17, end: 21 } })
    expect(matching[1]).toMatchObject({ offset: 17, length: 4, value: 'curl' })
  })

  test('a miss names the fewest conditions that stood in the way', () => {
    const { matched, matching, nearestMiss } = explain('exec.uid == 1 && exec.comm == "curl" && (exec.args == "a" || exec.args == "b" && exec.uid == 2)')
    expect([matched, matching]).toEqual([false, []])
    expect(nearestMiss?.conditions.map((c) => [c.trace.text, c.wanted])).toEqual([['exec.uid == 1', true], ['exec.args == "a"', true]])
  })

  test('an event of another type is told so', () => {
    const result = compileExpression('exec.comm == "curl"')
    const { context } = sampleContext(VALUES, { now: NOW, schema: knownFields() })
    const other = { ...context, isEvent: () => false }
    expect(result.ok && result.expression.matches(other)).toBe(false)
    expect(result.ok && result.expression.explain(other)).toMatchObject({ matched: false, inType: false, eventType: 'exec', condition: { verdict: 'not-evaluated', value: true } })
  })
})

describe('what an expression reads', () => {
  test.each([
    ['exec.comm == "x"', { eventType: 'exec', depends: false, depth: 0, fields: [] }],
    ['process.comm == "x"', { eventType: null, depends: false, depth: 0, fields: [] }],
    ['imds.url != "" && process.parent.file.path == "/x"', { eventType: 'imds', depends: true, depth: 1, fields: ['process.parent.file.path'] }],
    ['exec.uid == 0 && process.ancestors[A].comm == "x"', { eventType: 'exec', depends: true, depth: null, fields: ['process.ancestors.comm'] }],
    ['process.ancestors.length > 3', { eventType: null, depends: true, depth: null, fields: ['process.ancestors.length'] }],
    ['ptrace.tracee.parent.comm == "x"', { eventType: 'ptrace', depends: true, depth: 1, fields: ['ptrace.tracee.parent.comm'] }],
  ])('%s', (source, expected) => {
    const result = compileExpression(source)
    if (!result.ok) throw new Error(result.diagnostics[0]?.message)
    expect({ eventType: result.expression.eventType, ...result.expression.ancestry }).toEqual(expected)
  })

  test('fields within macros and variables are read too', () => {
    const result = compileExpression('M && ${x} == 1', { macros: { M: 'process.parent.comm == "x"' }, variables: { x: 1 } })
    expect(result.ok && [result.expression.ancestry.depth, result.expression.variables]).toEqual([1, [{ name: 'x', span: { start: 5, end: 9 } }]])
  })
})
