import { isSettled } from '@/lib/triage/schema'
import type { Checklist, ItemState } from '@/lib/triage/schema'

/** A change of one step that the server has yet to confirm. */
export interface ItemChange {
  readonly itemKey: string
  readonly state: ItemState | null
  /** Absent keeps the note that is there. */
  readonly note?: string
  readonly actor: string
  readonly at: string
}

/** The checklist as it will be once the server has written the change: what is shown until it answers. */
export function applyItemChange(checklist: Checklist, change: ItemChange): Checklist {
  const sections = checklist.sections.map((section) => ({
    ...section,
    items: section.items.map((item) => {
      if (item.key !== change.itemKey) return item
      if (change.state === null) return { ...item, state: null, note: '', actor: null, at: null }
      return { ...item, state: change.state, note: change.note ?? item.note, actor: change.actor, at: change.at }
    }),
  }))
  const done = sections.filter(({ counted }) => counted).flatMap(({ items }) => items.filter((item) => isSettled(item.state)))
  return { ...checklist, sections, done: done.length, followUps: sections.flatMap(({ items }) => items.filter((item) => item.state === 'follow_up')).length }
}
