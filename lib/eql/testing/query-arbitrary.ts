import fc from 'fast-check'

/**
 * Query texts by the grammar, nearly all of which parse and many of which check: what a fuzz of the whole way through the
 * engine needs. Fields are few, so that events of the companion generator often satisfy something.
 */
const FIELDS = ['a', 'b', 'process.name', 'process.pid', 'destination.ip', '@timestamp', 'event.type', 'process.args', '?gone', '`odd name`', 'x.`y z`'] as const
const TEXTS = ['"x"', '"curl"', '"c*"', '"*u?l*"', '"10.0.0.0/8"', '"10.1.2.3"', '"2026-01-01"', '"""raw \\d"""', '"\\u{41}\\n"', '"[a-c]{1,3}.*"', '""'] as const
const NUMBERS = ['0', '1', '42', '1.5', '-3', '1e3', '9007199254740993'] as const

const field = fc.constantFrom(...FIELDS)
const text = fc.constantFrom(...TEXTS)
const number = fc.constantFrom(...NUMBERS)
const constant = fc.oneof(text, number, fc.constantFrom('true', 'false', 'null'))
const list = (item: fc.Arbitrary<string>) => fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => `(${items.join(', ')})`)

export const conditionArbitrary: fc.Arbitrary<string> = fc.letrec<{ scalar: string; leaf: string; condition: string }>((tie) => ({
  scalar: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'scalar' },
    field,
    constant,
    fc.tuple(tie('scalar'), fc.constantFrom('+', '-', '*', '/', '%'), tie('scalar')).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(fc.constantFrom('length', 'string', 'number', 'concat', 'LENGTH', 'nope'), tie('scalar')).map(([f, a]) => `${f}(${a})`),
    fc.tuple(fc.constantFrom('indexOf', 'substring', 'startsWith~', 'stringContains', 'add', 'divide', 'modulo'), tie('scalar'), tie('scalar')).map(([f, a, b]) => `${f}(${a}, ${b})`),
    fc.tuple(fc.constantFrom('between', 'between~'), tie('scalar'), tie('scalar'), tie('scalar')).map(([f, a, b, c]) => `${f}(${a}, ${b}, ${c})`),
    tie('scalar').map((a) => `(${a})`),
    tie('scalar').map((a) => `-${a}`),
  ),
  leaf: fc.oneof(
    fc.tuple(tie('scalar'), fc.constantFrom('==', '!=', '<', '<=', '>', '>='), fc.oneof(constant, tie('scalar'))).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(field, fc.constantFrom(':', 'like', 'like~', 'regex', 'regex~'), fc.oneof(text, list(text))).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(field, fc.constantFrom('in', 'in~', 'not in', 'not in~'), list(constant)).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(field, list(text)).map(([a, b]) => `cidrMatch(${a}, ${b.slice(1)}`),
    fc.tuple(fc.constantFrom('startsWith', 'endsWith~', 'stringContains', 'wildcard~'), field, text).map(([f, a, b]) => `${f}(${a}, ${b})`),
    fc.constantFrom('true', 'false', 'a', '?gone', 'a == null', 'process.name != null'),
  ),
  condition: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'condition' },
    tie('leaf'),
    fc.tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition')).map(([a, op, b]) => `${a} ${op} ${b}`),
    tie('condition').map((a) => `not ${a}`),
    tie('condition').map((a) => `(${a})`),
    fc.tuple(tie('condition'), fc.constantFrom('== true', '!= true', '== false', '== null')).map(([a, op]) => `(${a}) ${op}`),
  ),
})).condition

const category = fc.constantFrom('process', 'network', 'any', '"odd category"')
const filter = fc.tuple(category, conditionArbitrary).map(([c, w]) => `${c} where ${w}`)
const by = fc.constantFrom('', '', ' by a', ' by a, ?b', ' by process.name')
const term = fc
  .tuple(fc.constantFrom('[', '[', '[', '!['), filter, fc.constantFrom('', '', ' with runs=2'), by)
  .map(([open, f, runs, keys]) => `${open}${f}]${keys}${runs}`)

export const queryArbitrary: fc.Arbitrary<string> = fc
  .oneof(
    { arbitrary: filter, weight: 3 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom('sequence', 'sequence', 'sample', 'join'), by, fc.constantFrom('', ' with maxspan=5s', ' with maxspan=1m'), fc.array(term, { minLength: 1, maxLength: 4 }), fc.option(term))
        .map(([kind, keys, span, terms, until]) => `${kind}${keys}${span}\n${terms.join('\n')}${until === null ? '' : `\nuntil ${until}`}`),
      weight: 2,
    },
  )
  .chain((query) => fc.constantFrom('', '', ' | head 3', ' | tail 1', ' | head 5 | tail 2', ' | count').map((pipe) => query + pipe))

const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom('x', 'curl', 'CURL', '10.1.2.3', '2026-01-01T00:00:00Z', '', 'raw 7', 42, 1, 1.5, -3, true, false, null),
  fc.array(fc.constantFrom('x', 'curl', 1, 42, null, true, ['deep'], { y: 1 }), { maxLength: 3 }),
  fc.constant({ nested: 'object' }),
)

export const eventArbitrary: fc.Arbitrary<Record<string, unknown>> = fc.record(
  {
    '@timestamp': fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom('2026-01-01T00:00:00.5Z', 'never', '1772359200000')),
    event: fc.record({ category: fc.constantFrom('process', ['process', 'network'], 'odd category'), type: value }, { requiredKeys: ['category'] }),
    a: value,
    b: value,
    process: fc.oneof(fc.record({ name: value, pid: value, args: value }, { requiredKeys: [] }), value),
    destination: fc.record({ ip: value }),
    'odd name': value,
    'process.name': value,
  },
  { requiredKeys: [] },
)
