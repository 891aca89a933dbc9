import { z } from 'zod'
import { AppError } from '@/lib/errors'
import { draftOfException, newDraft, prefillFromAlert } from '@/lib/exceptions/draft'
import type { ExceptionDraft } from '@/lib/exceptions/schema'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'

const id = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER)
const condition = z.strictObject({ field: z.string().min(1).max(500), value: z.string().min(1).max(32_766) })
const parameters = z.union([z.strictObject({ alert: id }), z.strictObject({ exception: id }), condition, z.strictObject({}).transform(() => null)])

/** What the exception editor begins with: `?alert=12` filled in from an alert, `?exception=3` to change one, `?field=…&value=…`
 * with that condition, else empty. */
export const GET = route(async (request: Request) => {
  const query = parameters.safeParse(Object.fromEntries(new URL(request.url).searchParams))
  if (!query.success) throw new AppError('invalid', 'A draft is asked for by alert=NUMBER, exception=NUMBER, or field=NAME and value=TEXT.')
  return Response.json(await draftOf(query.data), { headers: { 'cache-control': 'no-store' } })
})

async function draftOf(asked: z.infer<typeof parameters>): Promise<ExceptionDraft> {
  const context = getContext()
  if (asked === null) return newDraft(context)
  if ('alert' in asked) return prefillFromAlert(context, asked.alert)
  return 'exception' in asked ? draftOfException(context, asked.exception) : newDraft(context, asked)
}
