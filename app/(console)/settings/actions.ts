'use server'

import { revalidatePath } from 'next/cache'
import { previewRetention } from '@/lib/retention/preview'
import { cancelRetention, requestRetention } from '@/lib/retention/request-run'
import type { RetentionPolicyInput, RetentionPreview } from '@/lib/retention/schema'
import { setRetentionPolicy } from '@/lib/retention/set-policy'
import { runAction } from '@/lib/web/action'
import type { ActionResult } from '@/lib/web/action'
import { getContext } from '@/lib/web/context'

// What arrives is whatever the browser sent; the verbs parse it.

export async function previewRetentionAction(input: RetentionPolicyInput): Promise<ActionResult<RetentionPreview>> {
  return runAction(() => previewRetention(getContext(), input))
}

export async function setRetentionAction(input: RetentionPolicyInput): Promise<ActionResult<{ readonly changed: boolean }>> {
  const result = await runAction(() => setRetentionPolicy(getContext(), input))
  revalidatePath('/settings')
  return result
}

export async function runRetentionAction(): Promise<ActionResult<{ readonly runId: number }>> {
  const result = await runAction(() => requestRetention(getContext()))
  revalidatePath('/settings')
  return result
}

export async function cancelRetentionAction(runId: number): Promise<ActionResult<void>> {
  const result = await runAction(() => cancelRetention(getContext(), runId))
  revalidatePath('/settings')
  return result
}
