'use server'

import { revalidatePath } from 'next/cache'
import { createException } from '@/lib/exceptions/create-exception'
import type { SavedException } from '@/lib/exceptions/create-exception'
import { deleteException } from '@/lib/exceptions/delete-exception'
import { raiseAgain } from '@/lib/exceptions/raise-again'
import type { ExceptionInput, ExceptionUpdateInput } from '@/lib/exceptions/schema'
import { setExceptionEnabled } from '@/lib/exceptions/set-enabled'
import { updateException } from '@/lib/exceptions/update-exception'
import { runAction } from '@/lib/web/action'
import type { ActionResult } from '@/lib/web/action'
import { getContext } from '@/lib/web/context'

// What arrives is whatever the browser sent; the verbs parse it.

export async function saveExceptionAction(input: ExceptionInput | ExceptionUpdateInput): Promise<ActionResult<SavedException>> {
  const result = await runAction(() => ('id' in input ? updateException(getContext(), input) : createException(getContext(), input)))
  // Closed alerts change every list that shows them.
  if (result.ok) revalidatePath('/', 'layout')
  return result
}

export async function setExceptionEnabledAction(input: { id: number; enabled: boolean; raise?: boolean }): Promise<ActionResult<{ readonly act: number | null; readonly raised: number }>> {
  const result = await runAction(() => setExceptionEnabled(getContext(), input))
  revalidatePath('/exceptions', 'layout')
  return result
}

export async function deleteExceptionAction(input: { id: number; raise?: boolean }): Promise<ActionResult<{ readonly act: number; readonly raised: number }>> {
  const result = await runAction(() => deleteException(getContext(), input))
  revalidatePath('/exceptions', 'layout')
  return result
}

export async function raiseAgainAction(input: { id: number }): Promise<ActionResult<{ readonly raised: number }>> {
  const result = await runAction(() => raiseAgain(getContext(), input))
  revalidatePath('/exceptions', 'layout')
  return result
}
