'use server'

import { revalidatePath } from 'next/cache'
import type { ActionResult } from '@/lib/errors'
import { setRuleEnabled, type SetRuleEnabledInput } from '@/lib/rules/set-enabled'
import { runAction } from '@/lib/web/action'
import { getContext } from '@/lib/web/context'

/** What arrives is whatever the browser sent; the verb parses it. */
export async function setRuleEnabledAction(input: SetRuleEnabledInput): Promise<ActionResult<{ readonly changed: boolean }>> {
  const result = await runAction(() => setRuleEnabled(getContext(), input))
  revalidatePath('/rules', 'layout')
  return result
}
