import type { AlertTarget } from '@/lib/alerts/schema'
import type { AddNoteInput, CaseOption, CreateCaseInput, RemoveAlertInput, UpdateCaseInput } from '@/lib/cases/schema'
import type { ActionResult } from '@/lib/errors'
import type { ExportPreview } from '@/lib/export/schema'

/** What "Add to case…" calls, from the queue and from an alert; pages hand them over. */
export interface AddToCaseActions {
  readonly options: () => Promise<ActionResult<readonly CaseOption[]>>
  readonly create: (input: Omit<CreateCaseInput, 'alertIds'>, target?: AlertTarget) => Promise<ActionResult<{ readonly id: number; readonly act: number }>>
  readonly add: (caseId: number, target: AlertTarget) => Promise<ActionResult<{ readonly added: number; readonly already: number; readonly act: number | null }>>
}

/** What the page of a case calls. */
export interface CaseActions {
  readonly update: (input: UpdateCaseInput) => Promise<ActionResult<{ readonly version: number }>>
  readonly removeAlert: (input: RemoveAlertInput) => Promise<ActionResult<{ readonly act: number }>>
  readonly addNote: (input: AddNoteInput) => Promise<ActionResult<{ readonly id: number }>>
  readonly previewExport: (caseId: number) => Promise<ActionResult<ExportPreview>>
}
