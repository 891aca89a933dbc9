import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compile } from './compile'
import { relax } from './relax'
import { compileRuleSet } from './rule-set'
import { eventArbitrary, queryArbitrary } from './testing/query-arbitrary'

const FIELDS = ['a', 'b', 'process.name', 'process.pid', 'event.type', 'process.args'] as const

/** An event with the values of these fields taken from another one. */
function withFieldsOf(event: Record<string, unknown>, other: Record<string, unknown>, fields: ReadonlySet<string>): Record<string, unknown> {
  const mixed: Record<string, unknown> = { ...event }
  for (const top of new Set([...Object.keys(event), ...Object.keys(other)])) if (fields.has(top)) mixed[top] = other[top]
  for (const field of fields) {
    const [top = '', inner] = field.split('.')
    if (inner === undefined) continue
    const from = other[top]
    const into = mixed[top]
    const value: unknown = typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[inner] : undefined
    mixed[top] = { ...(typeof into === 'object' && into !== null ? into : {}), [inner]: value }
  }
  return mixed
}

test('what satisfies no stage of the relaxed query satisfies none of the query, whatever the open fields are', () => {
  let none = 0
  let some = 0
  fc.assert(
    fc.property(queryArbitrary, eventArbitrary, eventArbitrary, fc.subarray([...FIELDS], { minLength: 1 }), (source, event, other, open) => {
      const result = compile(source)
      if (!result.ok) return
      const isOpen = new Set<string>(open)
      const relaxed = relax(result.query, (field) => isOpen.has(field))
      const may = compileRuleSet([{ id: 'r', query: relaxed }]).match(event).length > 0
      if (may) some++
      else none++
      const mixed = withFieldsOf(event, other, isOpen)
      const stages = [...result.query.stages, ...(result.query.until ? [result.query.until] : [])]
      // Each stage alone and all as a set: the index of the set must not look past what is open either.
      const satisfies = stages.some((stage) => stage.matches(event) || stage.matches(mixed))
      expect(may || !satisfies).toBe(true)
    }),
    { numRuns: 3000 },
  )
  expect(none).toBeGreaterThan(100)
  expect(some).toBeGreaterThan(100)
})

const EXEC = { event: { category: 'process', action: 'exec' }, process: { name: 'bash' } }

test.each<[string, boolean]>([
  ['process where process.name == "curl"', false],
  ['process where process.name == "bash"', true],
  ['process where process.name == "curl" and process.parent.name == "sh"', false],
  ['process where process.name == "bash" and process.parent.name == "sh"', true],
  ['process where process.name == "curl" or process.parent.name == "sh"', true],
  ['process where process.name == "bash" and not process.parent.name == "sh"', true],
  ['process where process.name == "bash" and process.parent.name != null', true],
  ['process where not (process.name == "bash" and not process.parent.name == "sh")', true],
  ['process where not (process.name == "bash" or process.parent.name == "sh")', false],
  ['process where length(process.parent.name) > 3', true],
  ['process where length(process.parent.name) > 3 and event.action == "fork"', false],
  ['network where process.parent.name == "sh"', false],
  ['any where process.parent.name == "sh"', true],
  ['sequence by process.parent.name [process where process.name == "curl"] [process where process.name == "bash"]', true],
  ['sequence [process where process.name == "curl"] [network where true] until [process where event.action == "exec"]', true],
])('with the parent open, %s: %s', (source, expected) => {
  const result = compile(source)
  if (!result.ok) throw new Error(result.diagnostics[0]?.message)
  const query = relax(result.query, (field) => field.startsWith('process.parent'))
  expect(compileRuleSet([{ id: 'r', query }]).match(EXEC).length > 0).toBe(expected)
})

test('a category that is open is any', () => {
  const result = compile('bash where event.action == "exec"', { categoryField: 'process.name' })
  if (!result.ok) throw new Error(result.diagnostics[0]?.message)
  const query = relax(result.query, (field) => field === 'process.name')
  expect(compileRuleSet([{ id: 'r', query }]).match({ ...EXEC, process: { name: 'zsh' } })).toHaveLength(1)
})
