'use server'

import { revalidatePath } from 'next/cache'
import { matchingAlertIds } from '@/lib/alerts/queries'
import { alertFilterSchema } from '@/lib/alerts/schema'
import type { AlertTarget } from '@/lib/alerts/schema'
import { addAlerts } from '@/lib/cases/add-alerts'
import { addNote } from '@/lib/cases/add-note'
import { createCase } from '@/lib/cases/create-case'
import { caseOptions } from '@/lib/cases/queries'
import { removeAlert } from '@/lib/cases/remove-alert'
import type { AddNoteInput, CaseOption, CreateCaseInput, RemoveAlertInput, UpdateCaseInput } from '@/lib/cases/schema'
import { updateCase } from '@/lib/cases/update-case'
import { AppError } from '@/lib/errors'
import type { ActionResult } from '@/lib/errors'
import { prepareExport } from '@/lib/export/export-case'
import type { ExportPreview } from '@/lib/export/schema'
import { LIMITS } from '@/lib/limits'
import { runAction } from '@/lib/web/action'
import { getContext } from '@/lib/web/context'

// What arrives is whatever the browser sent: the verbs and schemas parse it.

/** "All matching" as ids; one more than a case holds, so that the verb refuses with its own words. */
async function idsOf(target: AlertTarget): Promise<number[]> {
  if ('ids' in target) return [...target.ids]
  const filter = alertFilterSchema.safeParse(target.filter)
  if (!filter.success) throw new AppError('invalid', 'The filter is not valid. Load the page again.')
  return [...(await matchingAlertIds(getContext(), filter.data, LIMITS.caseAlerts + 1))]
}

function refresh(): void {
  // The queue, the alert and the cases: all of them show which case an alert is in.
  revalidatePath('/', 'layout')
}

export async function caseOptionsAction(): Promise<ActionResult<readonly CaseOption[]>> {
  return runAction(() => caseOptions(getContext()))
}

export async function createCaseAction(input: Omit<CreateCaseInput, 'alertIds'>, target: AlertTarget = { ids: [] }): Promise<ActionResult<{ readonly id: number; readonly act: number }>> {
  const result = await runAction(async () => createCase(getContext(), { ...input, alertIds: await idsOf(target) }))
  refresh()
  return result
}

export async function addToCaseAction(caseId: number, target: AlertTarget): Promise<ActionResult<{ readonly added: number; readonly already: number; readonly act: number | null }>> {
  const result = await runAction(async () => addAlerts(getContext(), { caseId, alertIds: await idsOf(target) }))
  refresh()
  return result
}

export async function updateCaseAction(input: UpdateCaseInput): Promise<ActionResult<{ readonly version: number }>> {
  const result = await runAction(() => updateCase(getContext(), input))
  refresh()
  return result
}

export async function removeAlertAction(input: RemoveAlertInput): Promise<ActionResult<{ readonly act: number }>> {
  const result = await runAction(() => removeAlert(getContext(), input))
  refresh()
  return result
}

export async function addCaseNoteAction(input: AddNoteInput): Promise<ActionResult<{ readonly id: number }>> {
  const result = await runAction(() => addNote(getContext(), input))
  refresh()
  return result
}

/** What an export would hold right now, with its digests. Writes nothing. */
export async function previewExportAction(caseId: number): Promise<ActionResult<ExportPreview>> {
  return runAction(async () => (await prepareExport(getContext(), caseId)).preview)
}
