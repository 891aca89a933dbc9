import type { Expr, SequenceBody, Term } from './ast'
import { childrenOf, fieldsOf } from './ast'
import { printExpr } from './print'
import { replaceFields } from './simplify'

/**
 * What the other terms of a sequence say of a join key, in this term's own name for it: Elasticsearch asks it of every term.
 * With one value a field that changes nothing, for the terms join on that value; with several, `k == "a"` in one term keeps
 * events out of the others that share another value only. Positive and missing terms take and give; `until` does neither.
 */
export function keyConditions(body: SequenceBody, own: Term): readonly Expr[] {
  const keysOf = (term: Term): readonly Expr[] => [...body.keys, ...term.keys]
  const ownKeys = keysOf(own)
  const said = new Set(conjuncts(own.filter.condition).map(printExpr))
  const found: Expr[] = []
  for (const term of body.terms) {
    if (term === own) continue
    const keys = keysOf(term)
    for (const part of conjuncts(term.filter.condition)) {
      const fields = fieldsOf(part)
      const at = keys.findIndex((key) => key.kind === 'field' && key.name === fields[0]?.name)
      const key = keys[at]
      const ownKey = ownKeys[at]
      if (key?.kind !== 'field' || ownKey?.kind !== 'field' || fields.some((f) => f.name !== key.name) || hasOr(part)) continue
      const condition = replaceFields(part, (field) => ({ ...field, name: ownKey.name, optional: ownKey.optional }))
      const text = printExpr(condition)
      if (said.has(text)) continue
      said.add(text)
      found.push(condition)
    }
  }
  return found
}

function conjuncts(expr: Expr): readonly Expr[] {
  return expr.kind === 'and' ? expr.terms.flatMap(conjuncts) : [expr]
}

function hasOr(expr: Expr): boolean {
  return expr.kind === 'or' || childrenOf(expr).some(hasOr)
}
