'use server'

import { revalidatePath } from 'next/cache'
import type { ActionResult } from '@/lib/errors'
import type { UndoInput, Undone } from '@/lib/undo/schema'
import { undoAct } from '@/lib/undo/undo-act'
import { runAction } from '@/lib/web/action'
import { getContext } from '@/lib/web/context'

// What arrives is whatever the browser sent: the verb parses it.

/** Takes back an act, or the last one of the person who asks. */
export async function undoAction(input: UndoInput): Promise<ActionResult<Undone>> {
  const result = await runAction(() => undoAct(getContext(), input))
  revalidatePath('/', 'layout')
  return result
}
