import type { AddAlertNoteInput, AlertFacet, AlertFilter, AlertSort, AlertsNow, AlertTarget, AssignInput, ChangeCount, FacetCount, NextUndecided, SetStatusInput } from '@/lib/alerts/schema'
import type { ActionResult } from '@/lib/errors'
import type { SetItemStateInput } from '@/lib/triage/schema'

/** The server actions that alert components call; pages hand them over. */
export interface AlertActions {
  readonly setStatus: (target: AlertTarget, input: Omit<SetStatusInput, 'alertIds'>) => Promise<ActionResult<ChangeCount>>
  readonly assign: (target: AlertTarget, input: Omit<AssignInput, 'alertIds'>) => Promise<ActionResult<ChangeCount>>
  readonly addNote: (input: AddAlertNoteInput) => Promise<ActionResult<{ readonly id: number }>>
  readonly setItemState: (input: SetItemStateInput) => Promise<ActionResult<{ readonly done: number; readonly total: number }>>
  readonly countFacet: (filter: AlertFilter, facet: AlertFacet) => Promise<ActionResult<readonly FacetCount[]>>
  /** Alerts as they are now: for rows that somebody else changed. */
  readonly readNow: (ids: readonly number[]) => Promise<ActionResult<AlertsNow>>
  /** Where to go on in a list after an alert of it was closed. */
  readonly nextUndecided: (alertId: number, filter: AlertFilter, sort: AlertSort) => Promise<ActionResult<NextUndecided>>
  readonly countNew: (filter: AlertFilter, afterId: number) => Promise<ActionResult<number>>
}
