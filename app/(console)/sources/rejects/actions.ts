'use server'

import { revalidatePath } from 'next/cache'
import type { RejectText } from '@/components/sources/reject-actions'
import { AppError } from '@/lib/errors'
import { editReject } from '@/lib/ingest/edit-reject'
import { readReject } from '@/lib/ingest/queries'
import { exactText } from '@/lib/ingest/reject-json'
import { retryRequest, type RetryRequest, type RetrySummary } from '@/lib/ingest/schema'
import { runAction } from '@/lib/web/action'
import type { ActionResult } from '@/lib/web/action'
import { getContext } from '@/lib/web/context'
import { getRuntime } from '@/lib/web/runtime'

// What arrives is whatever the browser sent: it is parsed here, or by the verb.

async function retry(input: RetryRequest): Promise<RetrySummary> {
  const parsed = retryRequest.safeParse(input)
  if (!parsed.success) throw new AppError('invalid', parsed.error.issues[0]?.message ?? 'Say which records to retry.')
  return getRuntime().retry(parsed.data, getContext().actor.name)
}

export async function retryRejectsAction(input: RetryRequest): Promise<ActionResult<RetrySummary>> {
  const result = await runAction(() => retry(input))
  revalidatePath('/sources', 'layout')
  return result
}

/** The text of one rejected record, as its editor shows it. */
export async function readRejectAction(id: number): Promise<ActionResult<RejectText>> {
  return runAction(async () => {
    const reject = Number.isSafeInteger(id) ? await readReject(getContext(), id) : null
    if (!reject) throw new AppError('not_found', 'The rejected record is gone. Reload the page.')
    const bytes = reject.edited ?? reject.bytes
    const text = exactText(bytes)
    return { text: text ?? new TextDecoder().decode(bytes), exact: text !== null, edited: reject.edited !== null }
  })
}

export async function editRejectAction(input: { id: number; text: string; format?: RetryRequest['format']; host?: string }): Promise<ActionResult<RetrySummary>> {
  const result = await runAction(async () => {
    const { id, text, format, host } = input
    // Before anything is kept, so that a bad host does not leave half of it done.
    const request = retryRequest.safeParse({ ids: [id], format, host })
    if (!request.success) throw new AppError('invalid', request.error.issues[0]?.message ?? 'Say which record to retry.')
    await editReject(getContext(), { id, text })
    return retry(request.data)
  })
  revalidatePath('/sources', 'layout')
  return result
}
