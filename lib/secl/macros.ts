import type { Diagnostic } from '@/lib/lang/diagnostic'
import type { Expr, ListExpr } from './ast'
import { parseMacro } from './parser'

/** A named expression or list. A macro may use others; that it never uses itself is found where it is used. */
export interface Macro {
  readonly id: string
  readonly source: string
  /** Null when the source has errors. */
  readonly expr: Expr | null
  readonly diagnostics: readonly Diagnostic[]
}

export type MacroTable = ReadonlyMap<string, Macro>

export function readMacro(id: string, source: string): Macro {
  const { expr, diagnostics } = parseMacro(source)
  return { id, source, expr, diagnostics }
}

export function macroTable(sources: Readonly<Record<string, string>>): MacroTable {
  return new Map(Object.entries(sources).map(([id, source]) => [id, readMacro(id, source)]))
}

/**
 * Two lists as one, for `combine: merge`: null when one of them is no list, or they are not of the same kind. Spans are
 * those of the list each entry comes from.
 */
export function mergeLists(a: Macro, b: Macro): Macro | null {
  if (a.expr?.kind !== 'list' || b.expr?.kind !== 'list') return null
  const items = [...a.expr.items, ...b.expr.items]
  const merged: ListExpr = { ...a.expr, items }
  return { id: a.id, source: a.source, expr: merged, diagnostics: [...a.diagnostics, ...b.diagnostics] }
}
