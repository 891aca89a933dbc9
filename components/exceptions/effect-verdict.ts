import type { ImpactState } from '@/components/exceptions/use-impact'
import type { HiddenAlert, UnknownField } from '@/lib/exceptions/schema'

/** What the footer of the editor says of the effect, and whether it may be saved. */
export interface EffectVerdict {
  /** `unknown`: not complete, on its way or failed; it cannot be saved yet. */
  readonly tone: 'unknown' | 'good' | 'warn' | 'bad'
  readonly text: string
  /** True positives and fields that want a tick, and whether they have it. */
  readonly hides: readonly HiddenAlert[]
  readonly unknownFields: readonly UnknownField[]
  readonly canSave: boolean
}

/** What was ticked: for which true positives and which fields. Another effect wants another tick. */
export interface Acknowledged {
  readonly alerts: string
  readonly fields: string
}

export const NOTHING_ACKNOWLEDGED: Acknowledged = { alerts: '', fields: '' }

export function alertsToken(hides: readonly HiddenAlert[]): string {
  return hides.map(({ id }) => id).join(' ')
}

export function fieldsToken(fields: readonly UnknownField[]): string {
  return fields.map(({ field }) => field).join(' ')
}

const count = (n: number, one: string) => `${n.toLocaleString('en')} ${n === 1 ? one : `${one}s`}`

interface Asked {
  /** Whether all conditions are complete. */
  readonly isAsked: boolean
  readonly state: ImpactState
  /** An exception that is saved switched off hides nothing yet. */
  readonly isEnabled: boolean
  readonly acknowledged: Acknowledged
}

/** The verdict of the effect: grey while it is not known, green with its count, amber with a warning, red when it hides a true positive. */
export function effectVerdict({ isAsked, state, isEnabled, acknowledged }: Asked): EffectVerdict {
  const none = { hides: [], unknownFields: [], canSave: false }
  if (!isAsked) return { ...none, tone: 'unknown', text: 'Complete the conditions to see what it would hold back.' }
  if (state.failure !== null) return { ...none, tone: 'unknown', text: 'Its effect is not known, so it cannot be saved.' }
  if (!state.isCurrent || state.impact === null) return { ...none, tone: 'unknown', text: 'Looking at what it would hold back…' }
  const { impact } = state
  const { alerts } = impact
  const hides = isEnabled ? impact.hides.alerts : []
  const unknownFields = impact.unknownFields.filter(({ isStored }) => !isStored)
  const held = `${alerts.truncated ? 'at least ' : ''}${alerts.matched === 0 ? 'no alert' : count(alerts.matched, 'alert')}`
  const canSave = (hides.length === 0 || acknowledged.alerts === alertsToken(hides)) && (unknownFields.length === 0 || acknowledged.fields === fieldsToken(unknownFields))
  if (hides.length > 0) return { tone: 'bad', text: `Hides ${count(hides.length, 'true positive')}`, hides, unknownFields, canSave }
  const [warning] = impact.warnings.filter(({ level, code }) => level === 'warn' && code !== 'condition_hint' && code !== 'in_case')
  if (warning) return { tone: 'warn', text: `Holds back ${held}. ${warning.text}`, hides, unknownFields, canSave }
  return { tone: 'good', text: `Holds back ${held} of ${alerts.scanned.toLocaleString('en')}, none a true positive.`, hides, unknownFields, canSave }
}
