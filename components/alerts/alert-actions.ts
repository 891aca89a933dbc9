import type { AddAlertNoteInput, AlertFacet, AlertFilter, AlertTarget, AssignInput, ChangeCount, FacetCount, SetStatusInput } from '@/lib/alerts/schema'
import type { ActionResult } from '@/lib/errors'
import type { SetItemStateInput } from '@/lib/triage/schema'

/** The server actions that alert components call; pages hand them over. */
export interface AlertActions {
  readonly setStatus: (target: AlertTarget, input: Omit<SetStatusInput, 'alertIds'>) => Promise<ActionResult<ChangeCount>>
  readonly assign: (target: AlertTarget, input: Omit<AssignInput, 'alertIds'>) => Promise<ActionResult<ChangeCount>>
  readonly addNote: (input: AddAlertNoteInput) => Promise<ActionResult<{ readonly id: number }>>
  readonly setItemState: (input: SetItemStateInput) => Promise<ActionResult<{ readonly done: number; readonly total: number }>>
  readonly countFacet: (filter: AlertFilter, facet: AlertFacet) => Promise<ActionResult<readonly FacetCount[]>>
  readonly countNew: (filter: AlertFilter, afterId: number) => Promise<ActionResult<number>>
}
