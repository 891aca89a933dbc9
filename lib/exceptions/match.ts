/**
 * The one matcher of exceptions: the detector, the preview of an exception's effect, "test this alert" and the closing of
 * matching alerts all ask it, so they cannot disagree. Pure.
 *
 * Semantics are those of Elastic's exception items: entries are joined by AND, items by OR; a field with several values
 * matches when any of them does; `excluded` is the complement, so an event without the field satisfies it; in a pattern a
 * backslash makes the next character an ordinary one.
 */
import type { EcsEvent } from '@/lib/ecs/event'
import { fieldReader } from '@/lib/ecs/event'
import { foldAscii } from '@/lib/lang/ascii-fold'
import { compileEscapedWildcard } from '@/lib/lang/escaped-wildcard'
import { blockContains, parseCidr, parseIp } from '@/lib/lang/ip-address'
import type { ExceptionEntry, ExceptionRule } from './schema'

export interface CompiledExceptions {
  readonly isEmpty: boolean
  /**
   * The id of the first exception, in the order given, that keeps this event from taking part in a match of this rule's
   * stage (0-based; -1 is `until`), or null. An exception limited to a stage is asked about that stage only.
   */
  readonly match: (event: EcsEvent, ruleId: string, stage: number) => number | null
}

/** What one condition saw of one event, for "test this alert" and for the reader who wonders why it did not apply. */
export interface EntryExplanation {
  readonly entry: ExceptionEntry
  /** The field's values as the matcher compares them, in order; empty when the field is absent. */
  readonly values: readonly string[]
  /** The value that decided: the one that equals, matches or merely exists; null when none did. */
  readonly decidedBy: string | null
  readonly result: boolean
}

type ValueTest = (value: string) => boolean

/** An event's test, and the test of a single value that it is made of. */
interface CompiledEntry {
  readonly read: (event: EcsEvent) => unknown
  readonly test: ValueTest
  readonly negated: boolean
  /** `exists` is also true of a field that holds other fields. */
  readonly objectsCount: boolean
}

/** Compiles every exception once. Its cost per event is the conditions of the exceptions in scope, each linear in the value. */
export function compileExceptions(items: readonly ExceptionRule[]): CompiledExceptions {
  const compiled = items.map((item) => ({ item, matches: compileEntries(item.entries) }))
  const inScope = new Map<string, typeof compiled>()
  const ofRule = (ruleId: string) => {
    let list = inScope.get(ruleId)
    if (!list) {
      list = compiled.filter(({ item }) => item.ruleId === null || item.ruleId === ruleId)
      inScope.set(ruleId, list)
    }
    return list
  }
  return {
    isEmpty: items.length === 0,
    match: (event, ruleId, stage) => {
      for (const { item, matches } of ofRule(ruleId)) {
        if ((item.stage === null || item.stage === stage) && matches(event)) return item.id
      }
      return null
    },
  }
}

/** A test of one event against all entries of one exception. No entries match nothing: an empty item must not silence a rule. */
export function compileEntries(entries: readonly ExceptionEntry[]): (event: EcsEvent) => boolean {
  const compiled = entries.map(compileEntry)
  return (event) => compiled.length > 0 && compiled.every((entry) => holds(entry, event))
}

/** Every condition with the values it saw and its result; the exception applies when all results are true. */
export function explainException(entries: readonly ExceptionEntry[], event: EcsEvent): readonly EntryExplanation[] {
  return entries.map((entry) => {
    const compiled = compileEntry(entry)
    const raw = compiled.read(event)
    const values: string[] = []
    eachValue(raw, compiled.objectsCount, (value) => {
      values.push(value)
      return false
    })
    const result = holds(compiled, event)
    return { entry, values, decidedBy: values.find(compiled.test) ?? null, result }
  })
}

function compileEntry(entry: ExceptionEntry): CompiledEntry {
  return {
    read: fieldReader(entry.field),
    test: valueTest(entry),
    negated: entry.operator === 'excluded',
    objectsCount: entry.type === 'exists',
  }
}

function holds(entry: CompiledEntry, event: EcsEvent): boolean {
  return eachValue(entry.read(event), entry.objectsCount, entry.test) !== entry.negated
}

/** Whether the test is true of any value. Arrays within arrays are flattened, as they are when a document is indexed. */
function eachValue(raw: unknown, objectsCount: boolean, test: ValueTest): boolean {
  switch (typeof raw) {
    case 'string':
      return test(raw)
    case 'number':
    case 'boolean':
    case 'bigint':
      return test(String(raw))
    case 'object':
      if (raw === null) return false
      if (Array.isArray(raw)) return raw.some((item: unknown) => eachValue(item, objectsCount, test))
      return objectsCount && Object.values(raw).some((inner) => eachValue(inner, true, test))
    default:
      return false
  }
}

function valueTest(entry: ExceptionEntry): ValueTest {
  if (entry.type === 'exists') return () => true
  if (entry.type === 'wildcard') return compileEscapedWildcard(entry.value, entry.case_insensitive)
  return equalityTest(entry.field, entry.type === 'match' ? [entry.value] : entry.value, entry.case_insensitive)
}

function equalityTest(field: string, wanted: readonly string[], ignoreCase: boolean): ValueTest {
  const texts = new Set(ignoreCase ? wanted.map(foldAscii) : wanted)
  const equal: ValueTest = ignoreCase ? (value) => texts.has(foldAscii(value)) : (value) => texts.has(value)
  // As an ip field does: an address equals every spelling of itself, and a value with a prefix length is a network.
  const blocks = isIpField(field) ? wanted.flatMap((text) => parseCidr(text) ?? []) : []
  if (blocks.length === 0) return equal
  return (value) => {
    if (equal(value)) return true
    const ip = parseIp(value)
    return ip !== null && blocks.some((block) => blockContains(block, ip))
  }
}

/** ECS types every field called `ip` as an address. */
export function isIpField(field: string): boolean {
  return field === 'ip' || field.endsWith('.ip')
}
