import { previewException } from '@/lib/exceptions/preview-exception'
import type { PreviewInput } from '@/lib/exceptions/schema'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'
import { readJson } from '@/lib/web/read-body'

/** While someone types: long enough for a hundred thousand events, short enough not to be in the way. */
const BUDGET_MS = 1_500

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
