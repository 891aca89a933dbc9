/**
 * lib/triage: the checklist of an alert, built from its rule's guide, with the evidence each step asks for and a state that
 * is kept per alert.
 */
import { z } from 'zod'
import { seenSchema } from '@/lib/alerts/schema'

export const CHECKLIST_SECTIONS = ['investigation', 'false_positive', 'response'] as const
export type ChecklistSection = (typeof CHECKLIST_SECTIONS)[number]

export const SECTION_TITLES: Readonly<Record<ChecklistSection, string>> = {
  investigation: 'Investigation',
  false_positive: 'False positive hints',
  response: 'Response',
}

export const ITEM_STATES = ['done', 'not_applicable', 'follow_up'] as const
export type ItemState = (typeof ITEM_STATES)[number]

export const ITEM_STATE_LABELS: Readonly<Record<ItemState, string>> = { done: 'Done', not_applicable: 'Not applicable', follow_up: 'Needs follow-up' }

/** A step counts as progress when nobody has to come back to it. */
export function isSettled(state: ItemState | null): boolean {
  return state === 'done' || state === 'not_applicable'
}

export const setItemStateInput = z.object({
  alertId: z.number().int().positive(),
  itemKey: z.string().min(1).max(100),
  /** null takes the state, and its note, away. */
  state: z.enum(ITEM_STATES).nullable(),
  /** Absent keeps the note that is there. */
  note: z.string().trim().max(10_000).optional(),
  seen: seenSchema.optional(),
})
export type SetItemStateInput = z.input<typeof setItemStateInput>

/** What linked records that agree say about a field. */
export interface EvidenceValue {
  /** Which records, by their role in order (`exec`, `network`); none when the value is the alert's own. */
  readonly records: readonly string[]
  readonly values: readonly string[]
  /** Why an analyst should look twice; null when nothing stands out. */
  readonly flag: string | null
}

/** What an alert says about one field a step asks for; no values when none of its records has the field. */
export interface Evidence {
  readonly field: string
  readonly values: readonly EvidenceValue[]
  /** Where there is more: a path within the console. */
  readonly link: { readonly href: string; readonly text: string } | null
}

export interface ChecklistItemView {
  readonly key: string
  readonly text: string
  readonly evidence: readonly Evidence[]
  readonly state: ItemState | null
  readonly note: string
  readonly actor: string | null
  /** ISO 8601, UTC. */
  readonly at: string | null
}

export interface ChecklistSectionView {
  readonly section: ChecklistSection
  /** Whether its items count as progress. */
  readonly counted: boolean
  readonly items: readonly ChecklistItemView[]
}

export interface Checklist {
  readonly sections: readonly ChecklistSectionView[]
  readonly done: number
  readonly total: number
  readonly followUps: number
}
