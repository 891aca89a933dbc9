import { parseEscapedPattern } from '@/lib/lang/escaped-wildcard'
import { WHERE_OR_WHO, genericProgramOf } from './generic-programs'
import { hiddenWords } from './hidden-words'
import { unknownFieldWords } from './unknown-fields'
import { conditionHint } from './condition-hints'
import { entryWords } from './schema'
import type { ExceptionEntry, ExceptionImpact, PreviewWarning } from './schema'

type Facts = Omit<ExceptionImpact, 'warnings'>
type Check = (entries: readonly ExceptionEntry[], facts: Facts) => PreviewWarning | null

/** Below these numbers a share says nothing. */
const EVENTS_FOR_SHARE = 200
const ALERTS_FOR_SHARE = 5
const LARGE_SHARE_OF_EVENTS = 0.2
const LARGE_SHARE_OF_ALERTS = 0.8
/** A pattern with a star and fewer characters of its own than this fits almost anything. */
const PATTERN_TEXT = 4

/** Around a process, not what runs: such a condition does not narrow a shell down to one habit. */
const CONTEXT = /^(network|source|destination|client|server|observer|labels|tags|related|group|message)(\.|$)|(^|\.)(working_directory|interactive|tty|args_count|(real_|saved_)?user|(real_|saved_)?group|supplemental_groups)(\.|$)/
const WRITABLE = /^\/(tmp|var\/tmp|dev\/shm)(\/|$)/

/** What whoever is about to save an exception must know, the gravest first. Pure. */
export function exceptionWarnings(entries: readonly ExceptionEntry[], facts: Facts): readonly PreviewWarning[] {
  return CHECKS.flatMap((check) => check(entries, facts) ?? [])
}

const truePositive: Check = (_entries, { hides: { alerts, truncated } }) => {
  const count = alerts.length
  if (count === 0) return null
  const number = `${truncated ? 'at least ' : ''}${count.toLocaleString('en')}`
  return {
    code: 'true_positive',
    level: 'danger',
    text: `It hides ${count === 1 && !truncated ? 'a true positive' : `${number} true positives`}: ${hiddenWords(alerts)}. This exception would have hidden a real incident.`,
  }
}

const unknownField: Check = (_entries, { unknownFields }) => {
  const unknown = unknownFields.filter(({ isStored }) => !isStored)
  return unknown.length === 0 ? null : { code: 'unknown_field', level: 'warn', text: unknown.map(unknownFieldWords).join(' ') }
}

const genericProgram: Check = (entries) => {
  const named = entries.flatMap((entry) => {
    const program = genericProgramOf(entry)
    return program === null ? [] : [{ entry, program }]
  })
  const [first] = named
  const narrows = (entry: ExceptionEntry) => entry.operator === 'included' && entry.type !== 'exists' && !CONTEXT.test(entry.field) && !WHERE_OR_WHO.test(entry.field) && !named.some((one) => one.entry === entry)
  if (!first || entries.some(narrows)) return null
  const { entry, program } = first
  const says = entry.type === 'match' ? program : `${program}, which ${entry.field} lets through,`
  return { code: 'generic_program', level: 'warn', text: `${says} runs anything: alone it holds back whatever anyone does with it. Add what it ran, as its command line, or a parent that does one thing.` }
}

const inCase: Check = (_entries, { cases }) => {
  const open = cases.filter(({ status }) => status !== 'closed')
  const [first] = open
  if (!first) return null
  return { code: 'in_case', level: 'warn', text: `Alerts of ${open.length === 1 ? `the case “${first.title}” match` : `${open.length} open cases match`}.` }
}

const noSingleRecord: Check = (entries, { stages, alerts, events }) => {
  if (stages.length < 2 || alerts.matched > 0 || events.matched > 0) return null
  const has = (at: number) => stages.filter((stage) => (stage.entries[at]?.present ?? 0) > 0)
  const included = entries.flatMap((entry, at) => (entry.operator === 'included' ? [{ entry, where: has(at) }] : []))
  const somewhere = included.every(({ where }) => where.length > 0)
  const together = stages.some((stage) => included.every(({ where }) => where.includes(stage)))
  if (!somewhere || together) return null
  const places = included.map(({ entry, where }) => `${entry.field} is in ${where.map(({ role }) => role).join(' and ')} records`)
  return { code: 'no_single_record', level: 'warn', text: `No single record has all of these fields, and an exception is asked of one record at a time: ${[...new Set(places)].join(', ')}.` }
}

const onlyNegations: Check = (entries) =>
  entries.every(({ operator }) => operator === 'excluded')
    ? { code: 'only_negations', level: 'warn', text: 'Every condition is a negation: it matches all records that lack the field as well.' }
    : null

const onlyWhere: Check = (entries) =>
  entries.every(({ field }) => WHERE_OR_WHO.test(field))
    ? { code: 'only_where', level: 'warn', text: 'It says where or who, but not what runs: whatever happens there would stay unseen. Add the process or its parent.' }
    : null

const loosePattern: Check = (entries, { events }) => {
  // What fits almost anything has matched something among many.
  if (events.matched === 0 && events.scanned >= EVENTS_FOR_SHARE) return null
  const loose = entries.find((entry) => {
    if (entry.type !== 'wildcard' || entry.operator === 'excluded') return false
    const { segments } = parseEscapedPattern(entry.value)
    const own = segments.reduce((sum, { text, jokers }) => sum + text.length - jokers.size, 0)
    return segments.length > 1 && own < PATTERN_TEXT
  })
  return loose ? { code: 'loose_pattern', level: 'warn', text: `The pattern for ${loose.field} fits almost any value.` } : null
}

const hintOfCondition: Check = (entries) => {
  for (const entry of entries) {
    const hint = conditionHint(entry)
    if (hint !== null) return { code: 'condition_hint', level: 'warn', text: `${entryWords(entry)}: ${hint}` }
  }
  return null
}

const writablePath: Check = (entries) => {
  const entry = entries.find((one) => one.operator === 'included' && one.type !== 'exists' && [one.value].flat().some((value) => WRITABLE.test(value)))
  return entry ? { code: 'writable_path', level: 'warn', text: `${entry.field} names a folder that every user can write to: anyone could run something from there unseen.` } : null
}

const shareOfEvents: Check = (_entries, { events }) => {
  const share = events.matched / events.scanned
  if (events.scanned < EVENTS_FOR_SHARE || share < LARGE_SHARE_OF_EVENTS) return null
  return { code: 'share_of_events', level: 'warn', text: `It matches ${Math.round(share * 100)} % of the stored events.` }
}

const shareOfAlerts: Check = (_entries, { alerts }) => {
  if (alerts.scanned < ALERTS_FOR_SHARE || alerts.matched / alerts.scanned < LARGE_SHARE_OF_ALERTS) return null
  return { code: 'share_of_alerts', level: 'warn', text: `It matches ${alerts.matched} of ${alerts.scanned} alerts in its scope: little would be left of the rule.` }
}

const CHECKS: readonly Check[] = [truePositive, unknownField, inCase, genericProgram, noSingleRecord, onlyNegations, onlyWhere, loosePattern, hintOfCondition, writablePath, shareOfEvents, shareOfAlerts]
