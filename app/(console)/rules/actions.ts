'use server'

import { revalidatePath } from 'next/cache'
import type { ActionResult } from '@/lib/errors'
import { cancelBackfill, requestBackfill, type RequestBackfillInput } from '@/lib/rules/request-backfill'
import { setRuleEnabled, type SetRuleEnabledInput } from '@/lib/rules/set-enabled'
import { runAction } from '@/lib/web/action'
import { getContext } from '@/lib/web/context'

/** What arrives is whatever the browser sent; the verb parses it. */
export async function setRuleEnabledAction(input: SetRuleEnabledInput): Promise<ActionResult<{ readonly changed: boolean }>> {
  const result = await runAction(() => setRuleEnabled(getContext(), input))
  revalidatePath('/rules', 'layout')
  return result
}

/** Asks for a run over stored events. */
export async function startRunAction(input: RequestBackfillInput): Promise<ActionResult<{ readonly runId: number }>> {
  const result = await runAction(() => requestBackfill(getContext(), input))
  revalidatePath('/rules', 'layout')
  return result
}

export async function cancelRunAction(runId: number): Promise<ActionResult<void>> {
  const result = await runAction(() => cancelBackfill(getContext(), runId))
  revalidatePath('/rules', 'layout')
  return result
}
