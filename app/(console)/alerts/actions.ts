'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { addAlertNote } from '@/lib/alerts/add-note'
import { assign } from '@/lib/alerts/assign'
import { countFacet } from '@/lib/alerts/facet-counts'
import { alertsNow, countNewer, matchingAlertIds, nextUndecided } from '@/lib/alerts/queries'
import { requireSeen } from '@/lib/alerts/require-seen'
import { ALERT_FACETS, ALERT_SORTS, alertFilterSchema, seenSchema } from '@/lib/alerts/schema'
import type { AddAlertNoteInput, AlertFacet, AlertFilter, AlertSort, AlertsNow, AlertTarget, AssignInput, ChangeCount, FacetCount, NextUndecided, RecordedChange, Seen, SetStatusInput } from '@/lib/alerts/schema'
import { setStatus } from '@/lib/alerts/set-status'
import { AppError } from '@/lib/errors'
import type { ActionResult } from '@/lib/errors'
import { setItemState } from '@/lib/triage/set-item-state'
import type { SetItemStateInput } from '@/lib/triage/schema'
import { runAction } from '@/lib/web/action'
import { getContext } from '@/lib/web/context'

// What arrives is whatever the browser sent: the verbs and schemas parse it.

/** Alerts changed by one call of a verb, and by one action at most. */
const PER_CALL = 10_000
const PER_ACTION = 200_000

/** "All matching" as ids, found once: while the verb runs, what it changes leaves the filter. */
async function idsOf(target: AlertTarget): Promise<readonly number[]> {
  if ('ids' in target) return target.ids
  const filter = alertFilterSchema.safeParse(target.filter)
  if (!filter.success) throw new AppError('invalid', 'The filter is not valid. Load the page again.')
  const ids = await matchingAlertIds(getContext(), filter.data, PER_ACTION + 1)
  if (ids.length > PER_ACTION) throw new AppError('too_large', `More than ${PER_ACTION.toLocaleString('en')} alerts match. Narrow the filter.`)
  if (ids.length === 0) throw new AppError('not_found', 'No alert matches the filter any more.')
  return ids
}

type Change = (ids: number[], partOf: number | undefined) => Promise<RecordedChange>

/** One act of as many calls as it takes. What changed meanwhile refuses all of them, before the first. */
async function inCalls(target: AlertTarget, seen: Seen | undefined, kind: 'status' | 'assignee', change: Change): Promise<ChangeCount> {
  const ids = await idsOf(target)
  const parsed = seenSchema.optional().safeParse(seen)
  if (ids.length > PER_CALL && parsed.success) await requireSeen(getContext().db, parsed.data, ids, kind)
  let changed = 0
  let unchanged = 0
  let act: number | null = null
  for (let at = 0; at < ids.length; at += PER_CALL) {
    const result = await change(ids.slice(at, at + PER_CALL), act ?? undefined)
    act ??= result.act
    changed += result.changed.length
    unchanged += result.unchanged.length
  }
  return { changed, unchanged, act }
}

function refresh(): void {
  // The queue, the alert, the overview, the cases: all of them show statuses.
  revalidatePath('/', 'layout')
}

export async function setStatusAction(target: AlertTarget, input: Omit<SetStatusInput, 'alertIds'>): Promise<ActionResult<ChangeCount>> {
  const result = await runAction(() => inCalls(target, input.seen, 'status', (alertIds, partOf) => setStatus(getContext(), { ...input, alertIds, partOf })))
  refresh()
  return result
}

export async function assignAction(target: AlertTarget, input: Omit<AssignInput, 'alertIds'>): Promise<ActionResult<ChangeCount>> {
  const result = await runAction(() => inCalls(target, input.seen, 'assignee', (alertIds, partOf) => assign(getContext(), { ...input, alertIds, partOf })))
  refresh()
  return result
}

export async function addNoteAction(input: AddAlertNoteInput): Promise<ActionResult<{ readonly id: number }>> {
  const result = await runAction(() => addAlertNote(getContext(), input))
  refresh()
  return result
}

export async function setItemStateAction(input: SetItemStateInput): Promise<ActionResult<{ readonly done: number; readonly total: number }>> {
  const result = await runAction(() => setItemState(getContext(), input))
  refresh()
  return result
}

/** How many alerts of the list arrived since it was rendered. Changes nothing. */
export async function countNewAction(filter: AlertFilter, afterId: number): Promise<ActionResult<number>> {
  return runAction(async () => {
    const parsed = alertFilterSchema.safeParse(filter)
    return parsed.success && Number.isSafeInteger(afterId) ? countNewer(getContext(), parsed.data, afterId) : 0
  })
}

const facetInput = z.object({ filter: alertFilterSchema, facet: z.enum(ALERT_FACETS) })

/** The values of one facet and how many alerts have each, for its menu. Changes nothing. */
export async function countFacetAction(filter: AlertFilter, facet: AlertFacet): Promise<ActionResult<readonly FacetCount[]>> {
  return runAction(async () => {
    const parsed = facetInput.safeParse({ filter, facet })
    if (!parsed.success) throw new AppError('invalid', 'The filter is not valid. Load the page again.')
    return countFacet(getContext(), parsed.data.filter, parsed.data.facet)
  })
}

const idsInput = z.array(z.number().int().positive()).max(1_000)

/** Alerts as they are now, for rows that somebody else changed. Changes nothing. */
export async function readNowAction(ids: readonly number[]): Promise<ActionResult<AlertsNow>> {
  return runAction(async () => {
    const parsed = idsInput.safeParse(ids)
    if (!parsed.success) throw new AppError('invalid', 'These are no alerts. Load the page again.')
    return alertsNow(getContext(), parsed.data)
  })
}

const nextInput = z.object({ alertId: z.number().int().positive(), filter: alertFilterSchema, sort: z.object({ by: z.enum(ALERT_SORTS), descending: z.boolean() }) })

/** Where to go on in a list after an alert of it was closed. Changes nothing. */
export async function nextUndecidedAction(alertId: number, filter: AlertFilter, sort: AlertSort): Promise<ActionResult<NextUndecided>> {
  return runAction(async () => {
    const parsed = nextInput.safeParse({ alertId, filter, sort })
    if (!parsed.success) throw new AppError('invalid', 'The list is not valid. Load the page again.')
    return nextUndecided(getContext(), parsed.data.alertId, parsed.data.filter, parsed.data.sort)
  })
}
