'use server'

import { revalidatePath } from 'next/cache'
import { createPushToken } from '@/lib/ingest/create-push-token'
import type { CreatePushTokenInput } from '@/lib/ingest/create-push-token'
import { revokePushToken } from '@/lib/ingest/revoke-push-token'
import type { RevokePushTokenInput } from '@/lib/ingest/revoke-push-token'
import type { CreatedPushToken } from '@/lib/ingest/schema'
import { runAction } from '@/lib/web/action'
import type { ActionResult } from '@/lib/web/action'
import { getContext } from '@/lib/web/context'

// What arrives is whatever the browser sent; the verbs parse it.

export async function createPushTokenAction(input: CreatePushTokenInput): Promise<ActionResult<CreatedPushToken>> {
  const result = await runAction(() => createPushToken(getContext(), input))
  revalidatePath('/sources')
  return result
}

export async function revokePushTokenAction(input: RevokePushTokenInput): Promise<ActionResult<{ readonly changed: boolean }>> {
  const result = await runAction(() => revokePushToken(getContext(), input))
  revalidatePath('/sources')
  return result
}
