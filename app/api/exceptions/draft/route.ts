import { z } from 'zod'
import { AppError } from '@/lib/errors'
import { draftOfException, newDraft, prefillFromAlert } from '@/lib/exceptions/draft'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'

const id = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER)
const parameters = z.union([z.strictObject({ alert: id }), z.strictObject({ exception: id }), z.strictObject({})])

/** What the exception editor begins with: `?alert=12` filled in from an alert, `?exception=3` to change one, else empty. */
export const GET = route(async (request: Request) => {
  const query = parameters.safeParse(Object.fromEntries(new URL(request.url).searchParams))
  if (!query.success) throw new AppError('invalid', 'A draft is asked for by alert=NUMBER or exception=NUMBER.')
  const context = getContext()
  const draft =
    'alert' in query.data
      ? await prefillFromAlert(context, query.data.alert)
      : 'exception' in query.data
        ? await draftOfException(context, query.data.exception)
        : await newDraft(context)
  return Response.json(draft, { headers: { 'cache-control': 'no-store' } })
})
