import type { EcsEvent } from '@/lib/ecs/event'
import { ECS_SCHEMA } from '@/lib/ecs/fields'
import type { FieldInfo, Schema } from '@/lib/ecs/fields'
import type { Diagnostic, Span } from '@/lib/lang/diagnostic'
import { unreachable } from '@/lib/invariant'
import { fieldsOf, maxspanMs } from './ast'
import type { EventFilter, Expr, Query, Term } from './ast'
import { check } from './check'
import type { Column } from './column'
import { anyValue, makeColumn } from './column'
import { compileJoinKeys } from './join-key'
import type { JoinKey } from './join-key'
import { keyConditions } from './key-conditions'
import { parse } from './parser'
import { planCondition } from './plan'
import type { Plan } from './plan'
import { print } from './print'
import type { ExprContext } from './scalar'
import { foldNulls, nullUnmapped, withoutUnmapped } from './simplify'

export interface CompileOptions {
  /** The fields and their types; ECS when absent. */
  readonly schema?: Schema | undefined
  /** The field that a category is compared with; `event.category` when absent. */
  readonly categoryField?: string | undefined
  /** The field that is a date whatever the schema says; `@timestamp` when absent. */
  readonly timestampField?: string | undefined
  /** Milliseconds since 1970 that `now` of date math stands for. This layer has no clock: without it `now` matches nothing. */
  readonly now?: number | undefined
}

/** One pipe; `count` events or sequences from the start or from the end. */
export interface CompiledPipe {
  readonly kind: 'head' | 'tail'
  readonly count: number
}

export interface CompiledStage {
  /** The position among the terms of the query; -1 for `until`. */
  readonly index: number
  readonly missing: boolean
  /** How many events in a row the stage asks for (`with runs`), 1 mostly. */
  readonly runs: number
  readonly category: string | null
  readonly plan: Plan
  readonly filter: EventFilter
  readonly categoryColumn: Column
  readonly categorySpan: Span
  readonly keyColumns: readonly Column[]
  inCategory(event: EcsEvent): boolean
  matches(event: EcsEvent): boolean
  /**
   * The join keys the event takes part under: of the sequence's fields first, then of the term's own. A field with several values
   * stands for each of them, so there are as many keys as combinations; none if the event cannot be joined.
   */
  keys(event: EcsEvent): readonly JoinKey[]
  /** The same as a sample answers them. */
  sampleKeys(event: EcsEvent): readonly JoinKey[]
  /** The join fields for want of which `keys` answers none. */
  missingKeys(event: EcsEvent): readonly string[]
  /** Whether there are more combinations than are made: `LIMITS.eqlKeyCombinations`. */
  keysAreCut(event: EcsEvent): boolean
  readonly fields: readonly string[]
}

export interface CompiledQuery {
  readonly kind: 'event' | 'sequence' | 'sample'
  readonly source: string
  readonly ast: Query
  readonly stages: readonly CompiledStage[]
  readonly until: CompiledStage | null
  readonly maxspanMs: number | null
  readonly pipes: readonly CompiledPipe[]
  /** Every field that the query reads, without repetitions. */
  readonly fields: readonly string[]
  /** The names of the join fields as the first term has them. */
  readonly keyFields: readonly string[]
}

export type CompileResult =
  | { readonly ok: true; readonly query: CompiledQuery; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/** The stage number of `until` among stage hits. */
export const UNTIL_STAGE = -1

/** Parses, checks and compiles. `diagnostics` of a success are warnings. */
export function compile(source: string, options: CompileOptions = {}): CompileResult {
  const parsed = parse(source)
  const schema = withSpecialFields(options)
  if (!parsed.query) {
    const more = parsed.draft ? check(source, parsed.draft, { schema }) : []
    return { ok: false, diagnostics: [...parsed.diagnostics, ...more].toSorted((a, b) => a.offset - b.offset) }
  }
  const diagnostics = [...parsed.diagnostics, ...check(source, withoutUnmapped(parsed.query, schema), { schema })]
  if (diagnostics.some((d) => d.severity === 'error')) return { ok: false, diagnostics }
  return { ok: true, query: compileQuery(source, parsed.query, schema, options), diagnostics }
}

/** The schema with the request's own timestamp field as a date and its category field as a keyword. */
export function withSpecialFields(options: CompileOptions): Schema {
  const schema = options.schema ?? ECS_SCHEMA
  const special = new Map<string, FieldInfo>()
  const timestamp = options.timestampField ?? '@timestamp'
  const category = options.categoryField ?? 'event.category'
  if (schema.lookup(timestamp)?.type !== 'date') special.set(timestamp, { type: 'date' })
  if (!schema.lookup(category)) special.set(category, { type: 'keyword' })
  if (special.size === 0) return schema
  return {
    unknownFields: schema.unknownFields,
    lookup: (name) => special.get(name) ?? schema.lookup(name),
    names: () => [...schema.names(), ...special.keys()],
  }
}

function compileQuery(source: string, ast: Query, schema: Schema, options: CompileOptions): CompiledQuery {
  const context: ExprContext = { schema, now: options.now ?? null }
  const categoryColumn = makeColumn(options.categoryField ?? 'event.category', schema)
  const stage = (index: number, filter: EventFilter, keys: readonly Expr[], term: Term | null, more: readonly Expr[] = []): CompiledStage =>
    compileStage({ index, filter, keys, more, missing: term?.missing ?? false, runs: term?.runs ?? 1 }, context, categoryColumn)
  const { body } = ast
  const pipes = ast.pipes.map((p): CompiledPipe => ({ kind: p.name === 'head' ? 'head' : 'tail', count: p.args[0]?.kind === 'number' ? p.args[0].value : 0 }))
  const common = { source, ast, pipes }
  if (body.kind === 'event') {
    const only = stage(0, body.filter, [], null)
    return { ...common, kind: 'event', stages: [only], until: null, maxspanMs: null, fields: only.fields, keyFields: [] }
  }
  const compiled = body.terms.map((t, i) => stage(i, t.filter, [...body.keys, ...t.keys], t, body.kind === 'sequence' ? keyConditions(body, t) : []))
  // One term that nothing can satisfy empties the whole answer, a missing one as well.
  const stages = compiled.some((s) => s.plan.kind === 'constant' && !s.plan.value) ? compiled.map(withoutEvents) : compiled
  const until = body.until ? stage(UNTIL_STAGE, body.until.filter, [...body.keys, ...body.until.keys], body.until) : null
  return {
    ...common,
    kind: body.kind === 'sample' ? 'sample' : 'sequence',
    stages,
    until,
    maxspanMs: body.maxspan ? maxspanMs(body.maxspan) : null,
    fields: [...new Set([...stages, ...(until ? [until] : [])].flatMap((s) => s.fields))],
    keyFields: [...body.keys, ...(body.terms[0]?.keys ?? [])].map((k) => (k.kind === 'field' ? k.name : '')),
  }
}

interface StageParts {
  readonly index: number
  readonly filter: EventFilter
  readonly keys: readonly Expr[]
  /** Conditions that other terms put on the join keys. */
  readonly more: readonly Expr[]
  readonly missing: boolean
  readonly runs: number
}

/** The stage as one that no event satisfies. */
function withoutEvents(stage: CompiledStage): CompiledStage {
  return { ...stage, plan: { kind: 'constant', value: false, expr: stage.filter.condition }, matches: () => false }
}

function compileStage(parts: StageParts, context: ExprContext, categoryColumn: Column): CompiledStage {
  const { category, condition: written } = parts.filter
  const condition: Expr = parts.more.length === 0 ? written : { kind: 'and', terms: [...(written.kind === 'and' ? written.terms : [written]), ...parts.more], span: written.span }
  const plan = planCondition(foldNulls(nullUnmapped(condition, context.schema), context), context)
  const test = compilePlan(plan)
  const inCategory = category === null ? null : anyValue((v) => v === category)
  const keys = compileJoinKeys(parts.keys, context.schema)
  const own = [...parts.keys, condition].flatMap((e) => fieldsOf(e).map((f) => f.name))
  return {
    index: parts.index,
    missing: parts.missing,
    runs: parts.runs,
    category,
    plan,
    filter: parts.filter,
    categoryColumn,
    categorySpan: parts.filter.categorySpan,
    keyColumns: keys.columns,
    inCategory: inCategory ? (event) => inCategory(categoryColumn.read(event)) : () => true,
    matches: inCategory ? (event) => inCategory(categoryColumn.read(event)) && test(event) : test,
    keys: keys.read,
    sampleKeys: keys.readForSample,
    missingKeys: keys.missing,
    keysAreCut: keys.areCut,
    fields: [...new Set(category === null ? own : [categoryColumn.name, ...own])],
  }
}

/** A plan as one closure. */
export function compilePlan(plan: Plan): (event: EcsEvent) => boolean {
  switch (plan.kind) {
    case 'constant': {
      const { value } = plan
      return () => value
    }
    case 'leaf':
      return plan.leaf.matches
    case 'not': {
      const operand = compilePlan(plan.operand)
      return (event) => !operand(event)
    }
    case 'and':
    case 'or': {
      const terms = plan.terms.map(compilePlan)
      const decisive = plan.kind === 'or'
      return (event) => {
        for (const term of terms) if (term(event) === decisive) return decisive
        return !decisive
      }
    }
    default:
      return unreachable(plan)
  }
}

/** The canonical text of a compiled query. */
export function printCompiled(query: CompiledQuery): string {
  return print(query.ast)
}
