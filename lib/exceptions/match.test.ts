import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EcsEvent } from '@/lib/ecs/event'
import { execEvent, networkEvent } from '@/lib/ecs/testing'
import { compileEntries, compileExceptions, explainException } from './match'
import type { ExceptionEntry, ExceptionRule } from './schema'

const included = 'included'
const match = (field: string, value: string, case_insensitive = false): ExceptionEntry => ({ type: 'match', field, operator: included, value, case_insensitive })
const any = (field: string, value: string[], case_insensitive = false): ExceptionEntry => ({ type: 'match_any', field, operator: included, value, case_insensitive })
const like = (field: string, value: string, case_insensitive = false): ExceptionEntry => ({ type: 'wildcard', field, operator: included, value, case_insensitive })
const exists = (field: string): ExceptionEntry => ({ type: 'exists', field, operator: included })
const not = (entry: ExceptionEntry): ExceptionEntry => ({ ...entry, operator: 'excluded' })

const event: EcsEvent = {
  'process.executable': '/usr/bin/curl',
  process: { pid: 4711, args: ['curl', '-s', 'http://169.254.169.254/'], interactive: true, name: 'CURL', empty: '', title: 'C:\\temp\\x', parent: { name: 'bash' } },
  host: { name: 'Web-01', ip: ['10.20.1.10', '::1', 'fe80::0001'] },
  destination: { ip: '169.254.169.254', port: 80 },
  tags: [['deep', 'er'], 'flat'],
  container: {},
  none: null,
  list: [],
  listOfNull: [null],
  objects: [{ id: 1 }, { id: 2 }],
}

describe('one condition', () => {
  test.each<[string, ExceptionEntry, boolean]>([
    ['equal', match('process.executable', '/usr/bin/curl'), true],
    ['the whole value, not a part', match('process.executable', '/usr/bin'), false],
    ['case counts', match('process.name', 'curl'), false],
    ['unless it is told not to', match('process.name', 'curl', true), true],
    ['a value in capitals folds as well', match('process.parent.name', 'BASH', true), true],
    ['only A-Z fold', match('process.name', 'ĆURL', true), false],
    ['any of several values', match('process.args', '-s'), true],
    ['none of several values', match('process.args', '-x'), false],
    ['a number by its text', match('process.pid', '4711'), true],
    ['a number is not padded', match('process.pid', '04711'), false],
    ['a boolean by its text', match('process.interactive', 'true'), true],
    ['an array in an array', match('tags', 'er'), true],
    ['a field of objects in an array', match('objects.id', '2'), true],
    ['an absent field', match('process.nope', 'x'), false],
    ['an object has no value', match('process', 'curl'), false],
    ['a name of the prototype reads nothing', exists('constructor'), false],

    ['one of', any('process.parent.name', ['sh', 'bash']), true],
    ['not one of', any('process.parent.name', ['sh', 'zsh']), false],
    ['one of, whatever the case', any('host.name', ['db-01', 'web-01'], true), true],

    ['star', like('process.executable', '/usr/*/curl'), true],
    ['star is not a part match', like('process.executable', 'usr/*'), false],
    ['question mark is one character', like('process.parent.name', 'b?sh'), true],
    ['question mark is not none', like('process.parent.name', 'bash?'), false],
    ['wildcard case counts', like('host.name', 'web-*'), false],
    ['wildcard without case', like('host.name', 'web-*', true), true],
    ['a doubled backslash in a pattern is one', like('process.title', String.raw`C:\\temp\\*`), true],
    ['a backslash in a pattern is none', like('process.title', String.raw`C:\temp\*`), false],
    ['wildcard over a number', like('process.pid', '47*'), true],
    ['a star alone wants a value', like('process.nope', '*'), false],
    ['a star alone takes an empty value', like('process.empty', '*'), true],

    ['exists', exists('process.pid'), true],
    ['an empty string exists', exists('process.empty'), true],
    ['a field that holds fields exists', exists('process.parent'), true],
    ['an object without fields does not', exists('container'), false],
    ['null does not exist', exists('none'), false],
    ['an empty array does not exist', exists('list'), false],
    ['an array of nulls does not exist', exists('listOfNull'), false],

    ['address in a network', match('destination.ip', '169.254.0.0/16'), true],
    ['address outside a network', match('destination.ip', '169.253.0.0/16'), false],
    ['any address in a network', match('host.ip', '10.0.0.0/8'), true],
    ['another spelling of the address', match('host.ip', 'fe80:0:0:0:0:0:0:1'), true],
    ['a list of networks', any('host.ip', ['192.168.0.0/16', '::1/128']), true],
    ['a network that is none is text', match('destination.ip', '169.254.0.0/99'), false],
    ['only fields called ip know networks', match('destination.port', '0.0.0.0/0'), false],
    ['a network as a wildcard is text', like('destination.ip', '169.254.*'), true],
  ])('%s', (_name, entry, expected) => {
    const holds = compileEntries([entry])
    expect(holds(event)).toBe(expected)
    expect(compileEntries([not(entry)])(event)).toBe(!expected)
  })

  test('an absent field satisfies every negation', () => {
    for (const entry of [match('a.b', 'x'), any('a.b', ['x']), like('a.b', '*'), exists('a.b')]) {
      expect(compileEntries([not(entry)])({})).toBe(true)
    }
  })
})

describe('items', () => {
  const rule = (id: number, entries: readonly ExceptionEntry[], scope: Partial<ExceptionRule> = {}): ExceptionRule => ({ id, ruleId: null, stage: null, entries, ...scope })

  test('entries are joined by AND, items by OR, and the first in order answers', () => {
    const compiled = compileExceptions([
      rule(5, [match('process.name', 'curl'), match('user.name', 'nobody')]),
      rule(7, [match('process.name', 'curl'), match('user.name', 'root')]),
      rule(6, [match('process.name', 'curl')]),
    ])
    expect(compiled.isEmpty).toBe(false)
    expect(compileExceptions([]).isEmpty).toBe(true)
    expect(compiled.match(execEvent({ name: 'curl', user: 'root' }), 'r', 0)).toBe(7)
    expect(compiled.match(execEvent({ name: 'curl', user: 'app' }), 'r', 0)).toBe(6)
    expect(compiled.match(execEvent({ name: 'wget', user: 'root' }), 'r', 0)).toBeNull()
  })

  test('an item of another rule or another stage is not asked', () => {
    const compiled = compileExceptions([
      rule(1, [exists('process.name')], { ruleId: 'other' }),
      rule(2, [exists('process.name')], { ruleId: 'mine', stage: 1 }),
    ])
    expect(compiled.match(execEvent(), 'mine', 0)).toBeNull()
    expect(compiled.match(networkEvent(), 'mine', 1)).toBe(2)
    expect(compiled.match(networkEvent(), 'mine', -1)).toBeNull()
    expect(compiled.match(networkEvent(), 'other', -1)).toBe(1)
  })

  test('an item without entries removes nothing', () => {
    expect(compileExceptions([rule(1, [])]).match(execEvent(), 'r', 0)).toBeNull()
  })
})

test('an explanation names the values seen, the one that decided, and the result', () => {
  const [args, missing, port] = explainException([like('process.args', 'http*'), not(exists('process.nope')), not(match('destination.port', '80'))], event)
  expect(args).toMatchObject({ values: ['curl', '-s', 'http://169.254.169.254/'], decidedBy: 'http://169.254.169.254/', result: true })
  expect(missing).toMatchObject({ values: [], decidedBy: null, result: true })
  expect(port).toMatchObject({ values: ['80'], decidedBy: '80', result: false })
})

describe('properties', () => {
  const word = fc.constantFrom('a', 'A', 'b', 'ab', '*', 'a*', '?b', '1', 'true', '10.0.0.0/8', '10.1.2.3')
  const field = fc.constantFrom('x', 'x.ip', 'y.z', 'y')
  const operator = fc.constantFrom<'included' | 'excluded'>('included', 'excluded')
  const entry: fc.Arbitrary<ExceptionEntry> = fc.oneof(
    fc.record({ type: fc.constant('match' as const), field, operator, value: word, case_insensitive: fc.boolean() }),
    fc.record({ type: fc.constant('match_any' as const), field, operator, value: fc.array(word, { minLength: 1, maxLength: 3 }), case_insensitive: fc.boolean() }),
    fc.record({ type: fc.constant('wildcard' as const), field, operator, value: word, case_insensitive: fc.boolean() }),
    fc.record({ type: fc.constant('exists' as const), field, operator }),
  )
  const scalar = fc.oneof(word, fc.integer({ min: 0, max: 2 }), fc.boolean(), fc.constant(null))
  const anyEvent: fc.Arbitrary<EcsEvent> = fc.record(
    { x: fc.oneof(scalar, fc.array(scalar), fc.record({ ip: fc.array(word) })), y: fc.oneof(scalar, fc.record({ z: scalar })), 'y.z': scalar },
    { requiredKeys: [] },
  )

  test('excluded is the complement of included', () => {
    fc.assert(
      fc.property(entry, anyEvent, (one, event) => {
        const other: ExceptionEntry = { ...one, operator: one.operator === 'included' ? 'excluded' : 'included' }
        expect(compileEntries([one])(event)).toBe(!compileEntries([other])(event))
      }),
    )
  })

  test('the compiled set and the explanation agree: an item matches when every condition of it does', () => {
    fc.assert(
      fc.property(fc.array(fc.array(entry, { maxLength: 3 }), { maxLength: 4 }), anyEvent, (items, event) => {
        const rules = items.map((entries, at) => ({ id: at + 1, ruleId: null, stage: null, entries }))
        const expected = rules.find(({ entries }) => entries.length > 0 && explainException(entries, event).every(({ result }) => result))
        expect(compileExceptions(rules).match(event, 'r', 0)).toBe(expected?.id ?? null)
      }),
    )
  })
})
