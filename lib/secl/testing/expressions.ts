import fc from 'fast-check'
import type { Expr, ListExpr, ListItem, TextLiteral } from '@/lib/secl'

/** Trees as the parser makes them, for properties: every shape the grammar allows, with names that mean nothing. */

const span = { start: 0, end: 0 }

const name = fc.constantFrom('exec.comm', 'process.uid', 'process.ancestors[A].comm', 'process.list[_].key', 'O_CREAT', 'MACRO', 'true', 'abc', 'deadbeef', 'r', 'x1')
const quotedRaw = fc.string({ unit: fc.constantFrom('a', '*', '/', ' ', '.', '\\.', '\\"', '~', '\n', 'é', '[', '('), maxLength: 8 })

const text: fc.Arbitrary<TextLiteral> = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\t', '\u0000', '\u0085', 'é', '𝒳', '${', '}', '*', '#', '//'), maxLength: 8 }).map((value) => ({ kind: 'string' as const, value, span })),
  fc.tuple(fc.constantFrom('pattern' as const, 'regex' as const), quotedRaw).map(([kind, value]) => ({ kind, value, span })),
)
const network = fc.constantFrom(
  { kind: 'ip' as const, text: '169.254.169.254', span },
  { kind: 'ip' as const, text: 'fd00:ec2::254', span },
  { kind: 'ip' as const, text: '::1', span },
  { kind: 'cidr' as const, text: '10.0.0.0/8', span },
  { kind: 'cidr' as const, text: '::ffff:1.2.3.4/120', span },
)
const int = fc.oneof(fc.integer(), fc.constantFrom(2n ** 62n, -(2n ** 63n), 0)).map((value) => ({ kind: 'int' as const, value: value === 0 ? 0 : value, span }))
const duration = fc.constantFrom({ kind: 'duration' as const, ns: 5_000_000_000, text: '5s', span }, { kind: 'duration' as const, ns: 1_000_000, text: '1ms', span })
const identifier = name.map((n) => ({ kind: 'identifier' as const, name: n, span }))
const variable = fc.constantFrom('x', 'process.key', '_a.b').map((n) => ({ kind: 'variable' as const, name: n, span }))

function listOf(item: fc.Arbitrary<ListItem>): fc.Arbitrary<ListExpr> {
  return fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => ({ kind: 'list', items, span }))
}
const list = fc.oneof(listOf(text), listOf(network), listOf(int), listOf(identifier))
const array = fc.oneof(list, fc.constantFrom('MACRO', 'exec.argv').map((n) => ({ kind: 'identifier' as const, name: n, span })), variable, fc.constant({ kind: 'cidr' as const, text: '10.0.0.0/8', span }))

/** Runs of `&&` and `||` by turns, leaning to the right as the grammar does. */
function chain([runs, and, last]: [readonly (readonly Expr[])[], boolean, Expr]): Expr {
  return runs.reduceRight<Expr>((tail, terms, i) => ({ kind: (i % 2 === 0) === and ? 'and' : 'or', terms: [...terms, tail], span }), last)
}

export const { expression } = fc.letrec<{ expression: Expr; comparison: Expr; sum: Expr; bits: Expr; unary: Expr; primary: Expr }>((tie) => {
  const down = { maxDepth: 4, depthIdentifier: 'secl' } as const
  return {
    expression: fc.oneof(down, tie('comparison'), fc.tuple(fc.array(fc.array(tie('comparison'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }), fc.boolean(), tie('comparison')).map(chain)),
    comparison: fc.oneof(
      down,
      tie('sum'),
      fc.record({ kind: fc.constant('compare' as const), op: fc.constantFrom('==', '!=', '=~', '!~', '<', '<=', '>', '>='), left: tie('sum'), right: tie('comparison'), span: fc.constant(span) }),
      fc.record({ kind: fc.constant('membership' as const), op: fc.constantFrom('in', 'not in', 'allin'), left: tie('sum'), right: array, span: fc.constant(span) }),
    ),
    sum: fc.oneof(
      down,
      tie('bits'),
      fc
        .tuple(tie('bits'), fc.array(fc.record({ op: fc.constantFrom('+' as const, '-' as const), operand: tie('bits') }), { minLength: 1, maxLength: 3 }))
        .map(([first, rest]) => ({ kind: 'arithmetic' as const, first, rest, span })),
    ),
    bits: fc.oneof(down, tie('unary'), fc.record({ kind: fc.constant('bit' as const), op: fc.constantFrom('&', '|', '^'), left: tie('unary'), right: tie('bits'), span: fc.constant(span) })),
    unary: fc.oneof(down, tie('primary'), fc.record({ kind: fc.constant('unary' as const), op: fc.constantFrom('!', '-', '^'), operand: tie('unary'), span: fc.constant(span) })),
    primary: fc.oneof(down, identifier, variable, int, duration, text, network, tie('expression').map((inner) => ({ kind: 'group' as const, inner, span }))),
  }
})
