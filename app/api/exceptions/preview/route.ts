import { AppError } from '@/lib/errors'
import { previewException } from '@/lib/exceptions/preview-exception'
import type { PreviewInput } from '@/lib/exceptions/schema'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'

/** While someone types: long enough for a hundred thousand events, short enough not to be in the way. */
const BUDGET_MS = 1_500
const BODY_BYTES = 4 * 1024 * 1024

async function readJson(request: Request): Promise<unknown> {
  const text = await request.text()
  if (text.length > BODY_BYTES) throw new AppError('too_large', `The conditions have more than ${BODY_BYTES.toLocaleString('en')} bytes.`)
  try {
    return JSON.parse(text)
  } catch {
    throw new AppError('invalid', 'The body is not JSON.')
  }
}

/** What the conditions of an exception would have removed. A route, not an action, so that the browser can call it off. */
export const POST = route(async (request: Request) => {
  // Unknown until the verb has parsed it.
  const input = (await readJson(request)) as PreviewInput
  try {
    const impact = await previewException(getContext(), input, { budgetMs: BUDGET_MS, signal: request.signal })
    return Response.json(impact, { headers: { 'cache-control': 'no-store' } })
  } catch (error) {
    // The next key was pressed: nobody reads this answer, and it is no failure.
    if (request.signal.aborted) return new Response(null, { status: 204 })
    throw error
  }
})
