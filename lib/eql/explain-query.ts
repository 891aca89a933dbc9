import type { EcsEvent } from '@/lib/ecs/event'
import { unreachable } from '@/lib/invariant'
import { makeColumn } from './column'
import { UNTIL_STAGE, withSpecialFields } from './compile'
import type { CompiledQuery, CompiledStage } from './compile'
import { explainStage } from './explain'
import type { KeyField, NearestMiss, StageExplanation } from './explain'
import { joinKeyText } from './join-key'
import type { JoinKey } from './join-key'
import { tiebreakerOf, timeOf } from './place'
import { printFilter } from './print'
import { compareHits, runSequence } from './sequence'
import type { SequenceHit, SequenceMatch, SequenceRejection } from './sequence'

/** How a query went over some events; events are named by their place in the list that was given. */
export interface QueryExplanation {
  readonly kind: CompiledQuery['kind']
  readonly matched: boolean
  /** One sentence: that it matched, or what stood in the way. */
  readonly summary: string
  readonly stages: readonly StageSummary[]
  readonly matches: readonly MatchExplanation[]
  /** Why partial sequences came to nothing, in the order of time. */
  readonly rejections: readonly RejectionExplanation[]
  /** For a query that did not match: the event and stage that were nearest to it. */
  readonly nearest: NearestStage | null
}

export interface StageSummary {
  readonly stage: number
  readonly text: string
  readonly missing: boolean
  readonly runs: number
  /** The events that satisfy the stage. */
  readonly candidates: readonly number[]
}

export interface MatchExplanation {
  readonly keys: readonly KeyField[]
  readonly steps: readonly StepExplanation[]
  readonly maxspanMs: number | null
}

export interface StepExplanation {
  readonly stage: number
  /** Null where a missing event was asked for. */
  readonly event: number | null
  readonly sinceFirstMs: number | null
  readonly sincePreviousMs: number | null
  readonly explanation: StageExplanation | null
}

export interface RejectionExplanation {
  readonly reason: SequenceRejection<number>['reason']
  readonly text: string
  /** The events of the partial sequence, and the one that ended it. */
  readonly partial: readonly number[]
  readonly event: number
  readonly stage: number
  readonly deltaMs: number | null
}

export interface NearestStage {
  readonly event: number
  readonly stage: number
  readonly miss: NearestMiss
  readonly explanation: StageExplanation
}

export interface ExplainOptions {
  readonly timestampField?: string
  readonly tiebreakerField?: string
}

type Hit = SequenceHit<number>

/**
 * Explains a query over a few events: what each stage found, the times between the events of a match, what ended each
 * attempt, and the nearest miss. Meant for the events of one alert or one investigation: every stage is traced for every
 * event.
 */
export function explain(query: CompiledQuery, events: readonly EcsEvent[], options: ExplainOptions = {}): QueryExplanation {
  const all = query.until ? [...query.stages, query.until] : query.stages
  const traces = new Map(all.map((stage) => [stage.index, events.map((event) => explainStage(stage, event))]))
  const hits = hitsOf(query, all, events, traces, options)
  const rejections: SequenceRejection<number>[] = []
  const matches = query.kind === 'sequence' ? runSequence(query, hits, { onRejected: (r) => rejections.push(r) }).matches : []
  const explained =
    query.kind === 'sequence'
      ? matches.map((m) => explainMatch(query, m, traces))
      : query.kind === 'event'
        ? hits.map((h) => singleMatch(h, traces))
        : []
  const told = rejections.map((r) => explainRejection(query, r))
  const matched = query.kind === 'sample' ? all.every((s) => hits.some((h) => h.stage === s.index)) : explained.length > 0
  const nearest = matched ? null : nearestStage(query, hits, traces)
  return {
    kind: query.kind,
    matched,
    summary: summarise(query, matched, explained.length, hits, told, nearest, traces),
    stages: all.map((s) => ({
      stage: s.index,
      text: printFilter(s.filter),
      missing: s.missing,
      runs: s.runs,
      candidates: (traces.get(s.index) ?? []).flatMap((t, i) => (t.matched ? [i] : [])),
    })),
    matches: explained,
    rejections: told,
    nearest,
  }
}

type Traces = ReadonlyMap<number, readonly StageExplanation[]>

function hitsOf(query: CompiledQuery, all: readonly CompiledStage[], events: readonly EcsEvent[], traces: Traces, options: ExplainOptions): Hit[] {
  const hits: Hit[] = []
  const schema = withSpecialFields(options)
  const time = makeColumn(options.timestampField ?? '@timestamp', schema)
  const ties = options.tiebreakerField === undefined ? null : makeColumn(options.tiebreakerField, schema)
  for (const [index, event] of events.entries()) {
    const found = timeOf(event, time)
    if (!found && query.kind === 'sequence') continue
    const tiebreaker = ties && tiebreakerOf(event, ties)
    for (const stage of all) {
      if (!traces.get(stage.index)?.[index]?.matched) continue
      for (const keys of stage.keys(event)) {
        hits.push({ stage: stage.index, key: joinKeyText(keys), ts: found?.ms ?? 0, tsNs: found?.ns ?? 0, tiebreaker, order: index, event: index })
      }
    }
  }
  return hits
}

function between(a: Hit, b: Hit): number {
  return b.ts - a.ts + ((b.tsNs ?? 0) - (a.tsNs ?? 0)) / 1e6
}

function explainMatch(query: CompiledQuery, match: SequenceMatch<number>, traces: Traces): MatchExplanation {
  const stages = query.stages.flatMap((s) => Array.from({ length: s.runs }, () => s.index))
  const start = match.hits.find((h) => h !== null)
  let previous: Hit | null = null
  const steps = match.hits.map((hit, i): StepExplanation => {
    const stage = stages[i] ?? 0
    if (!hit || !start) return { stage, event: null, sinceFirstMs: null, sincePreviousMs: null, explanation: null }
    const step = {
      stage,
      event: hit.event,
      sinceFirstMs: between(start, hit),
      sincePreviousMs: previous ? between(previous, hit) : null,
      explanation: traces.get(stage)?.[hit.event] ?? null,
    }
    previous = hit
    return step
  })
  const values = JSON.parse(match.key) as JoinKey
  const keys = steps.find((s) => s.explanation)?.explanation?.keys ?? []
  return { keys: keys.map(({ field }, i) => ({ field, value: values[i] })), steps, maxspanMs: query.maxspanMs }
}

function singleMatch(hit: Hit, traces: Traces): MatchExplanation {
  const explanation = traces.get(hit.stage)?.[hit.event] ?? null
  return { keys: [], maxspanMs: null, steps: [{ stage: hit.stage, event: hit.event, sinceFirstMs: 0, sincePreviousMs: null, explanation }] }
}

/** `1.25 s`, `300 ms`: a duration as a person reads it. */
export function durationText(ms: number): string {
  const abs = Math.abs(ms)
  if (abs < 1_000) return `${trim(ms)} ms`
  if (abs < 120_000) return `${trim(ms / 1_000)} s`
  if (abs < 7_200_000) return `${trim(ms / 60_000)} min`
  return `${trim(ms / 3_600_000)} h`
}

function trim(value: number): string {
  return String(Math.round(value * 1e6) / 1e6)
}

function stageName(stage: number): string {
  return stage === UNTIL_STAGE ? 'until' : `stage ${stage + 1}`
}

function explainRejection(query: CompiledQuery, rejection: SequenceRejection<number>): RejectionExplanation {
  const { reason, partial, hit } = rejection
  const start = partial[0]
  const last = partial.at(-1)
  const deltaMs = start ? between(start, hit) : null
  const common = { reason, partial: partial.map((h) => h.event), event: hit.event, stage: hit.stage, deltaMs }
  const after = `${stageName(hit.stage)} came ${durationText(deltaMs ?? 0)} after the first event`
  switch (reason) {
    case 'maxspan':
      return { ...common, text: `${after}, maxspan is ${durationText(query.maxspanMs ?? 0)}` }
    case 'until':
      return { ...common, text: `until was met ${durationText(last ? between(last, hit) : 0)} after ${stageName(last?.stage ?? 0)}` }
    case 'superseded':
      return { ...common, text: `a later event of ${stageName(hit.stage)} took its place` }
    case 'missing-event':
      return { ...common, text: `an event of ${stageName(hit.stage)}, which must not happen, was there` }
    case 'no-start':
      return { ...common, text: `no event of ${stageName(hit.stage - 1)} with the same keys was waiting for ${stageName(hit.stage)}` }
    default:
      return unreachable(reason)
  }
}

/** Among the stages that found nothing, the event that came nearest. */
function nearestStage(query: CompiledQuery, hits: readonly Hit[], traces: Traces): NearestStage | null {
  let best: NearestStage | null = null
  for (const stage of query.stages) {
    if (stage.missing || hits.some((h) => h.stage === stage.index)) continue
    for (const [event, explanation] of (traces.get(stage.index) ?? []).entries()) {
      const miss = explanation.nearestMiss
      if (miss && (best === null || miss.distance < best.miss.distance)) best = { event, stage: stage.index, miss, explanation }
    }
  }
  return best
}

function summarise(
  query: CompiledQuery,
  matched: boolean,
  count: number,
  hits: readonly Hit[],
  rejections: readonly RejectionExplanation[],
  nearest: NearestStage | null,
  traces: Traces,
): string {
  if (matched) return query.kind === 'event' ? `${count} of the events satisfy the query.` : `The ${query.kind} matched${count > 1 ? ` ${count} times` : ''}.`
  const keyless = [...traces.values()].flat().find((t) => t.missingKeys.length > 0)
  if (keyless) return `An event satisfies ${stageName(keyless.stage)} but has no ${keyless.missingKeys.join(', ')} to be joined by.`
  if (nearest) return missText(query, nearest)
  const telling = rejections.findLast((r) => r.reason === 'maxspan' || r.reason === 'until' || r.reason === 'missing-event')
  if (telling) return `Every stage found events, but ${telling.text}.`
  return joinText(query, hits)
}

function missText(query: CompiledQuery, { stage, miss }: NearestStage): string {
  const [only] = miss.conditions
  const where = query.kind === 'event' ? 'The nearest event' : `No event satisfies ${stageName(stage)}; the nearest`
  if (!only) return 'No event satisfies the query.'
  if (miss.distance > 1) return `${where} fails ${miss.distance} conditions, among them: ${only.trace.text}.`
  const [field] = only.trace.fields
  const actual = field === undefined ? '' : field.value === undefined ? ` (it has no ${field.field})` : ` (its ${field.field} is ${shown(field.value)})`
  return `${where} fails one condition only: ${only.wanted ? '' : 'not '}${only.trace.text}${actual}.`
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

/** Every stage found events and nothing was rejected: the keys differ, or the order is wrong. */
function joinText(query: CompiledQuery, hits: readonly Hit[]): string {
  const positive = query.stages.filter((s) => !s.missing)
  const keys = new Set(hits.map((h) => h.key))
  const shared = [...keys].some((key) => positive.every((s) => hits.some((h) => h.key === key && h.stage === s.index)))
  if (!shared && query.keyFields.length > 0) return `Every stage found events, but none with the same ${query.keyFields.join(', ')}.`
  const order = hits.toSorted(compareHits).map((h) => stageName(h.stage))
  return `Every stage found events, but not in the order asked for: ${order.slice(0, 8).join(', ')}${order.length > 8 ? ' …' : ''}.`
}
