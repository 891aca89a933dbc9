import { withoutDots } from '@/lib/ecs/dotted-names'
import type { EcsEvent } from '@/lib/ecs/event'
import type { Schema } from '@/lib/ecs/fields'
import type { Timestamp } from '@/lib/ecs/timestamp'
import type { Diagnostic } from '@/lib/lang/diagnostic'
import { LIMITS } from '@/lib/limits'
import type { Column } from './column'
import { makeColumn } from './column'
import { compile, withSpecialFields } from './compile'
import type { CompiledQuery } from './compile'
import { joinKeyText } from './join-key'
import type { KeyValue } from './join-key'
import { compareKeys } from './key-order'
import { tiebreakerOf, timeOf } from './place'
import { HitWindow, cutResults, resultEnd } from './result-window'
import { SampleCollector } from './sample'
import { runSequence } from './sequence'
import type { SequenceHit } from './sequence'

/** The body of Elasticsearch's EQL search API, as far as a search without an index has use for it. */
export interface SearchRequest {
  readonly query: string
  readonly event_category_field?: string | undefined
  readonly timestamp_field?: string | undefined
  readonly tiebreaker_field?: string | undefined
  readonly size?: number | undefined
  readonly result_position?: 'head' | 'tail' | undefined
  readonly max_samples_per_key?: number | undefined
}

export interface SearchHit {
  readonly _index: string
  readonly _id: string
  readonly _source: EcsEvent
  readonly missing?: true
}

export interface SearchSequence {
  readonly join_keys: readonly KeyValue[]
  readonly events: readonly SearchHit[]
}

export interface SearchResponse {
  readonly is_partial: boolean
  readonly is_running: false
  readonly timed_out: false
  readonly hits: {
    readonly total: { readonly value: number; readonly relation: 'eq' }
    readonly events?: readonly SearchHit[]
    readonly sequences?: readonly SearchSequence[]
  }
  /** What the author should know though the request succeeded. */
  readonly warnings?: readonly string[]
}

export interface SearchError {
  readonly error: { readonly type: string; readonly reason: string; readonly line: number; readonly column: number }
  readonly diagnostics: readonly Diagnostic[]
}

export interface SearchOptions {
  readonly schema?: Schema
  readonly now?: number
}

/** Where an event came from, for `_index` and `_id`. */
export interface SearchOrigin {
  readonly index: string
  readonly id: string
  /** The document as it was written, for `_source`; the event itself when absent. */
  readonly source?: EcsEvent
}

/** Runs one request over events that are at hand; `openSearch` takes them one by one. */
export function search(request: SearchRequest, events: Iterable<EcsEvent>, options: SearchOptions = {}): SearchResponse | SearchError {
  const opened = openSearch(request, options)
  if ('error' in opened) return opened
  let position = 0
  for (const event of events) opened.add(withoutDots(event), { index: 'events', id: String(position++), source: event })
  return opened.finish()
}

/** Prepares a request; an error is what Elasticsearch would answer instead of results. */
export function openSearch(request: SearchRequest, options: SearchOptions = {}): Search | SearchError {
  const bad = refuse(request)
  if (bad !== null) return failure('action_request_validation_exception', bad, [])
  const result = compile(request.query, {
    ...options,
    timestampField: request.timestamp_field ?? undefined,
    categoryField: request.event_category_field ?? undefined,
  })
  if (!result.ok) {
    const first = result.diagnostics.find((d) => d.severity === 'error')
    const syntax = first !== undefined && SYNTAX_CODES.has(first.code)
    return failure(syntax ? 'parsing_exception' : 'verification_exception', describe(result.diagnostics), result.diagnostics)
  }
  const schema = withSpecialFields({ ...options, timestampField: request.timestamp_field ?? undefined, categoryField: request.event_category_field ?? undefined })
  return new Search(request, result.query, schema, result.diagnostics.map((d) => `line ${d.line}:${d.column}: ${d.message}`))
}

const SYNTAX_CODES: ReadonlySet<string> = new Set([
  'syntax',
  'single-equals',
  'single-quotes',
  'chained-comparison',
  'bad-escape',
  'unterminated-string',
  'unterminated-comment',
  'unexpected-character',
  'unknown-operator',
  'keyword',
  'by-after-with',
  'key-count',
  'maxspan',
  'runs',
  'few-stages',
  'unsupported-pipe',
  'pipe-argument',
  'empty-list',
  'lineage',
  'fork',
  'too-deep',
  'query-too-long',
  'too-many-tokens',
])

function describe(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((d) => d.severity === 'error')
  return errors.map((d) => `line ${d.line}:${d.column}: ${d.message}`).join('\n')
}

function failure(type: string, reason: string, diagnostics: readonly Diagnostic[]): SearchError {
  const first = diagnostics.find((d) => d.severity === 'error')
  return { error: { type, reason, line: first?.line ?? 1, column: first?.column ?? 1 }, diagnostics }
}

function refuse(request: SearchRequest): string | null {
  const { query, size, result_position: position, max_samples_per_key: samples } = request
  if (typeof query !== 'string' || query.trim() === '') return 'query is null or empty'
  if (size !== undefined && (!Number.isInteger(size) || size < 0)) return 'size must be greater than or equal to 0'
  if (size !== undefined && size > LIMITS.eqlResultSize) return `size must be at most ${LIMITS.eqlResultSize}`
  if (position !== undefined && position !== 'head' && position !== 'tail') return 'result_position needs to be one of [head, tail]'
  if (samples !== undefined && (!Number.isInteger(samples) || samples < 1)) return 'max_samples_per_key must be greater than 0'
  for (const name of ['event_category_field', 'timestamp_field', 'tiebreaker_field'] as const) {
    const field = request[name]
    if (field !== undefined && field !== null && (typeof field !== 'string' || field === '')) return `${name} must be the name of a field`
  }
  return null
}

interface Placed {
  readonly event: EcsEvent
  readonly origin: SearchOrigin
}

type PlacedHit = SequenceHit<Placed>

/** A search under way. What it keeps is its hits: for an event query no more than it may answer. */
export class Search {
  private order = 0
  private leftOut = 0
  private cut = 0
  private readonly kept: HitWindow<Placed>
  private readonly hits: PlacedHit[] = []
  private readonly keysByText = new Map<string, readonly KeyValue[]>()
  private readonly samples: SampleCollector<Placed> | null
  private readonly position: 'head' | 'tail'
  private readonly size: number
  private readonly timestampField: string
  private readonly time: Column
  private readonly tiebreaker: Column | null

  constructor(
    request: SearchRequest,
    readonly query: CompiledQuery,
    schema: Schema,
    private readonly warnings: readonly string[],
  ) {
    this.timestampField = request.timestamp_field ?? '@timestamp'
    this.time = makeColumn(this.timestampField, schema)
    this.tiebreaker = request.tiebreaker_field === undefined || request.tiebreaker_field === null ? null : makeColumn(request.tiebreaker_field, schema)
    this.position = request.result_position ?? 'tail'
    this.size = request.size ?? 10
    this.kept = new HitWindow(resultEnd(query.pipes, this.position), this.size)
    this.samples = query.kind === 'sample' ? new SampleCollector(query, request.max_samples_per_key ?? 1) : null
  }

  /**
   * Takes the next event of the data; answers whether it is kept. A sequence leaves out events without a
   * timestamp: they have no place in it.
   */
  add(event: EcsEvent, origin: SearchOrigin): boolean {
    const order = this.order++
    const { query } = this
    if (query.kind === 'event') {
      const hit = query.stages[0]?.matches(event) ? this.place(event, origin, order, 0, '') : null
      if (hit) this.kept.add(hit)
      return hit !== null
    }
    if (this.samples) {
      const hit = this.samples.wants(event) ? this.place(event, origin, order, 0, '') : null
      if (hit) this.samples.add(event, hit.event)
      return hit !== null
    }
    let kept = false
    for (const stage of query.until ? [...query.stages, query.until] : query.stages) {
      if (!stage.matches(event)) continue
      if (stage.keysAreCut(event)) this.cut++
      for (const keys of stage.keys(event)) {
        const key = joinKeyText(keys)
        if (!this.keysByText.has(key)) this.keysByText.set(key, keys)
        const hit = this.place(event, origin, order, stage.index, key)
        if (!hit) break
        this.hits.push(hit)
        kept = true
      }
    }
    return kept
  }

  finish(): SearchResponse {
    const { query } = this
    const warnings = [...this.warnings]
    if (query.kind === 'event') {
      const events = cutResults(this.kept.sorted(), query.pipes, this.position, this.size).map((h) => toHit(h.event))
      return this.answer({ events }, warnings, events.length, false)
    }
    let truncated = 0
    let sequences: readonly SearchSequence[]
    if (this.samples) {
      // The first ones, whichever end is asked for: Elasticsearch stops collecting once it has enough.
      sequences = this.samples.finish().slice(0, this.size).map((s) => ({ join_keys: s.keys, events: s.events.map(toHit) }))
    } else {
      const keysOf = (text: string): readonly KeyValue[] => this.keysByText.get(text) ?? []
      const result = runSequence(query, this.hits, { compareKeys: (a, b) => compareKeys(keysOf(a), keysOf(b)) })
      truncated = result.truncated
      sequences = result.matches.map((m) => ({ join_keys: this.keysByText.get(m.key) ?? [], events: m.events.map((e) => (e ? toHit(e) : MISSING)) }))
    }
    const shown = cutResults(sequences, query.pipes, this.position, this.size)
    if (this.leftOut > 0) warnings.push(`${this.leftOut} events satisfied a stage but have no ${this.timestampField}: they were left out`)
    const cut = this.cut + (this.samples?.cut ?? 0)
    if (cut > 0) warnings.push(`truncated: ${cut} events have ${LIMITS.eqlKeyCombinations} combinations of join keys or more; only so many of each were joined`)
    if (truncated > 0) warnings.push(`truncated: ${truncated} partial sequences were dropped, sequences may be missing`)
    return this.answer({ sequences: shown }, warnings, shown.length, truncated + cut > 0)
  }

  private answer(hits: Omit<SearchResponse['hits'], 'total'>, warnings: readonly string[], count: number, partial: boolean): SearchResponse {
    return {
      is_partial: partial,
      is_running: false,
      timed_out: false,
      hits: { total: { value: count, relation: 'eq' }, ...hits },
      ...(warnings.length > 0 ? { warnings } : {}),
    }
  }

  private place(event: EcsEvent, origin: SearchOrigin, order: number, stage: number, key: string): PlacedHit | null {
    const time = timeOf(event, this.time) ?? this.untimed()
    if (!time) return null
    const tiebreaker = this.tiebreaker && tiebreakerOf(event, this.tiebreaker)
    return { stage, key, ts: time.ms, tsNs: time.ns, tiebreaker, order, event: { event, origin } }
  }

  /** Elasticsearch sorts events without a time first, and cannot put them into a sequence at all. */
  private untimed(): Timestamp | null {
    if (this.query.kind !== 'sequence') return { ms: Number.NEGATIVE_INFINITY, ns: 0 }
    this.leftOut++
    return null
  }
}

const MISSING: SearchHit = { _index: '', _id: '', _source: {}, missing: true }

function toHit({ event, origin }: Placed): SearchHit {
  return { _index: origin.index, _id: origin.id, _source: origin.source ?? event }
}
