import { UNTIL_STAGE, compile, compileRuleSet, joinKeyText, relax, runSequence } from '@/lib/eql'
import type { CompiledQuery, RuleSet } from '@/lib/eql'
import { EventView, compileExpression, eventFilter, isCollectedEvent, isCollectedField } from '@/lib/secl'
import type { CompiledExpression, SeclContext } from '@/lib/secl'
import type { EcsEvent } from '@/lib/ecs/event'
import { readText } from '@/lib/ecs/event'
import { mayBeFilledIn } from '@/lib/ecs/enrich'
import { eventRole } from '@/lib/ecs/event-role'
import type { Diagnostic } from '@/lib/lang/diagnostic'
import { LIMITS } from '@/lib/limits'
import type { LoadedRule, RuleDocument } from '@/lib/rules/schema'
import { Dependence } from './dependence'
import type { Hit, Match, MatchEvent } from './schema'

/** What a rule runs as: an EQL query, or a SECL expression over one event and its ancestry. */
export type Program =
  | { readonly language: 'eql'; readonly query: CompiledQuery }
  | {
      readonly language: 'secl'
      readonly expression: CompiledExpression
      /** What the event alone decides; see `eventFilter`. */
      readonly filter: (context: SeclContext) => boolean
    }

/** A rule ready to run. */
export interface DetectorRule {
  readonly id: number
  readonly versionId: number
  readonly document: RuleDocument
  readonly program: Program
  /** Names of the fields it joins by, in order. */
  readonly keyFields: readonly string[]
  /** The stage whose event completes a match: the last that is not a missing one. */
  readonly lastStage: number
}

/** A rule that cannot run, and why. */
export interface DetectorProblem {
  readonly rule: LoadedRule
  readonly message: string
  readonly diagnostics: readonly Diagnostic[]
}

/** A hit of one event under one of its keys: `rule` is the row id, the key canonical JSON of the join values. */
export interface EventHit {
  readonly rule: number
  readonly stage: number
  readonly key: string
}

/**
 * The enabled rules, compiled together. Pure: the same events give the same hits, and the same hits the same matches, in a
 * test, in a preview and in production.
 */
export class Detector {
  readonly rules: ReadonlyMap<number, DetectorRule>
  readonly problems: readonly DetectorProblem[]
  readonly dependence: Dependence
  readonly #ruleSet: RuleSet
  readonly #execOnly: boolean
  readonly #view = new EventView()
  readonly #expressions: readonly { readonly id: number; readonly filter: (context: SeclContext) => boolean }[]
  /** What events that leave something out could still satisfy, by what they lack: made when it is first asked for, at most 15. */
  readonly #relaxed = new Map<number, Relaxed>()

  constructor(rules: readonly DetectorRule[], problems: readonly DetectorProblem[]) {
    this.rules = new Map(rules.map((rule) => [rule.id, rule]))
    this.problems = problems
    this.dependence = new Dependence(rules)
    this.#ruleSet = compileRuleSet(rules.flatMap(({ id, program }) => (program.language === 'eql' ? [{ id: String(id), query: program.query }] : [])))
    this.#execOnly = rules.every(({ program }) => program.language !== 'secl' || program.expression.eventType === 'exec')
    this.#expressions = rules.flatMap(({ id, program }) => (program.language === 'secl' ? [{ id, filter: program.filter }] : []))
  }

  /** The stages of all rules that the event satisfies; mostly none. */
  hits(event: EcsEvent): readonly EventHit[] {
    const found = this.#ruleSet.match(event)
    const candidates = this.#expressions.length === 0 ? NO_HITS : this.#candidates(event)
    if (found.length === 0) return candidates
    const hits = found.map((hit): EventHit => ({ rule: Number(hit.rule), stage: hit.stage, key: joinKeyText(hit.keys) }))
    return candidates.length === 0 ? hits : [...hits, ...candidates]
  }

  /**
   * Whether the event could satisfy a stage of a rule once what it lacks (`LACKS`) is filled in, whatever that turns out to
   * be. Where it could not, `hits` answers none, before and after.
   */
  mayHit(event: EcsEvent, lacks: number): boolean {
    let relaxed = this.#relaxed.get(lacks)
    if (relaxed === undefined) this.#relaxed.set(lacks, (relaxed = this.#relax(lacks)))
    if (relaxed.ruleSet.match(event).length > 0) return true
    if (relaxed.filters.length === 0 || (this.#execOnly && eventRole(event) !== 'exec')) return false
    const context = this.#view.look(event)
    return relaxed.filters.some((filter) => filter(context))
  }

  #relax(lacks: number): Relaxed {
    const isOpen = (field: string): boolean => mayBeFilledIn(field, lacks)
    const rules = [...this.rules.values()]
    return {
      ruleSet: compileRuleSet(rules.flatMap(({ id, program }) => (program.language === 'eql' ? [{ id: String(id), query: relax(program.query, isOpen) }] : []))),
      filters: rules.flatMap(({ program }) => (program.language === 'secl' ? [eventFilter(program.expression, lacks)] : [])),
    }
  }

  /** Events that an expression may hold for, once their ancestry is known. Each is a key of its own. */
  #candidates(event: EcsEvent): readonly EventHit[] {
    let hits: EventHit[] | null = null
    // Most records cannot be of the types that rules ask for; saying so early is what keeps them cheap.
    if (this.#execOnly && eventRole(event) !== 'exec') return NO_HITS
    const context = this.#view.look(event)
    for (const { id, filter } of this.#expressions) {
      if (!filter(context)) continue
      const key = joinKeyText([readText(event, 'host.id') ?? null, readText(event, 'process.entity_id') ?? readText(event, 'process.pid') ?? null, readText(event, '@timestamp') ?? null])
      hits = [...(hits ?? []), { rule: id, stage: 0, key }]
    }
    return hits ?? NO_HITS
  }

  /**
   * The matches of a query among the hits of one rule and key, whatever their order. `order` ranks their events, those that an
   * exception removed among them; a match reaches over fewer than `reach` of them.
   */
  join(rule: DetectorRule, hits: readonly Hit[], order: EventOrder = orderOf(hits), reach: number = LIMITS.joinEvents): readonly Match[] {
    const { program } = rule
    if (program.language !== 'eql') return []
    const { query } = program
    if (query.kind === 'event') {
      return hits.map((hit) => ({ events: [{ eventId: hit.eventId, stage: hit.stage }], completing: hit.eventId }))
    }
    if (query.kind !== 'sequence') return []
    const { matches } = runSequence(
      query,
      [...hits]
        .sort((a, b) => (order.get(a.eventId) ?? 0) - (order.get(b.eventId) ?? 0) || a.stage - b.stage)
        .map((hit) => ({
          stage: hit.stage,
          key: '',
          ts: hit.ts,
          tsNs: hit.tsNs,
          tiebreaker: hit.sequence,
          order: order.get(hit.eventId) ?? 0,
          event: { eventId: hit.eventId, stage: hit.stage },
        })),
      // What is held is bounded by the hits themselves.
      { maxPartials: Number.POSITIVE_INFINITY, maxReach: reach },
    )
    return matches.flatMap((match): Match[] => {
      const events: readonly (MatchEvent | null)[] = match.events
      const completing = events.findLast((event) => event !== null)
      return completing ? [{ events, completing: completing.eventId }] : []
    })
  }

  /**
   * The events among the hits that could complete a match, those of the last stage that is not a missing one, between two
   * times; all when no times are given.
   */
  completingIds(rule: DetectorRule, hits: readonly Hit[], from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): readonly number[] {
    return [...new Set(hits.filter((hit) => hit.stage === rule.lastStage && hit.ts >= from && hit.ts <= to).map((hit) => hit.eventId))]
  }

  /** Whether one of these records has more combinations of join keys at its stage than are made: under the others nothing was looked for. */
  keysAreCut(rule: DetectorRule, records: readonly { readonly stage: number; readonly event: EcsEvent }[]): boolean {
    const { program } = rule
    return program.language === 'eql' && records.some(({ stage, event }) => program.query.stages[stage]?.keysAreCut(event) === true)
  }

  /**
   * Of these completing events, those for which more events lie within the rule's span than a match reaches over: what began
   * before, or what forbids it beyond, was not looked at. Depends on the events alone, like the matches themselves.
   */
  cutShort(rule: DetectorRule, hits: readonly Hit[], ids: readonly number[], order: EventOrder = orderOf(hits), reach: number = LIMITS.joinEvents): ReadonlySet<number> {
    const { program } = rule
    if (order.size <= reach || program.language !== 'eql' || program.query.kind !== 'sequence') return new Set()
    const span = program.query.maxspanMs ?? Number.POSITIVE_INFINITY
    const times: number[] = []
    for (const hit of hits) times[order.get(hit.eventId) ?? 0] = hit.ts
    const forward = program.query.stages.at(-1)?.missing === true
    return new Set(
      ids.filter((id) => {
        const rank = order.get(id) ?? 0
        const ts = times[rank] ?? 0
        const before = times[rank - reach]
        const after = forward ? times[rank + reach] : undefined
        return (before !== undefined && ts - before <= span) || (after !== undefined && after - ts <= span)
      }),
    )
  }
}

/** The rules while some of what an event says is open. */
interface Relaxed {
  readonly ruleSet: RuleSet
  readonly filters: readonly ((context: SeclContext) => boolean)[]
}

/** The rank of each event among the hits of a key. */
export type EventOrder = ReadonlyMap<number, number>

const NO_HITS: readonly EventHit[] = []

/**
 * A rank for every event that does not depend on its arrival: time, then the sensor's own sequence, then the earliest stage
 * it satisfies (so that records of one instant complete a match rather than miss it), then identity.
 */
export function orderOf(hits: readonly Hit[]): EventOrder {
  const events = new Map<number, Hit>()
  for (const hit of hits) {
    const known = events.get(hit.eventId)
    const stage = hit.stage === UNTIL_STAGE ? Number.MAX_SAFE_INTEGER : hit.stage
    const knownStage = known?.stage === UNTIL_STAGE ? Number.MAX_SAFE_INTEGER : known?.stage
    if (knownStage === undefined || stage < knownStage) events.set(hit.eventId, hit)
  }
  const sequence = (hit: Hit): number => hit.sequence ?? Number.MAX_SAFE_INTEGER
  const sorted = [...events.values()].sort(
    (a, b) =>
      a.ts - b.ts || a.tsNs - b.tsNs || sequence(a) - sequence(b) || a.stage - b.stage || (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0),
  )
  return new Map(sorted.map((hit, rank) => [hit.eventId, rank]))
}

/** The event type and the fields of an expression that no stored event can have. */
function notCollected(expression: CompiledExpression): readonly string[] {
  const type = expression.eventType !== null && !isCollectedEvent(expression.eventType) ? [`${expression.eventType} events`] : []
  return [...type, ...new Set(expression.fields.filter((field) => !isCollectedField(field)).map((field) => field.name))]
}

/** Compiles rules for detection; what does not compile is reported and the rest runs. */
export function compileDetector(rules: readonly LoadedRule[]): Detector {
  const compiled: DetectorRule[] = []
  const problems: DetectorProblem[] = []
  for (const rule of rules) {
    if (rule.document.language === 'secl') {
      const result = compileExpression(rule.document.query)
      const needs = result.ok ? notCollected(result.expression) : []
      if (needs.length > 0) problems.push({ rule, message: `It needs ${needs.join(', ')}, which no source gives: it would be false for ever.`, diagnostics: [] })
      else if (!result.ok) problems.push({ rule, message: result.diagnostics[0]?.message ?? 'The expression does not compile.', diagnostics: result.diagnostics })
      else {
        const { expression } = result
        compiled.push({
          id: rule.id,
          versionId: rule.versionId,
          document: rule.document,
          program: { language: 'secl', expression, filter: eventFilter(expression) },
          keyFields: ['host.id', 'process.entity_id'],
          lastStage: 0,
        })
      }
      continue
    }
    if (rule.document.language !== 'eql') {
      problems.push({ rule, message: `There is no language ${rule.document.language}; rules are written in eql or secl.`, diagnostics: [] })
      continue
    }
    const result = compile(rule.document.query, { categoryField: rule.document.event_category_override })
    if (!result.ok) {
      problems.push({ rule, message: result.diagnostics[0]?.message ?? 'The query does not compile.', diagnostics: result.diagnostics })
    } else if (result.query.kind === 'sample') {
      problems.push({ rule, message: 'Samples are searched, not detected: write a sequence.', diagnostics: [] })
    } else {
      const { query } = result
      const lastStage = query.stages.findLast((stage) => !stage.missing)?.index ?? 0
      compiled.push({ id: rule.id, versionId: rule.versionId, document: rule.document, program: { language: 'eql', query }, keyFields: query.keyFields, lastStage })
    }
  }
  return new Detector(compiled, problems)
}
