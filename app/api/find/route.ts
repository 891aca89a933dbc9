import { AppError } from '@/lib/errors'
import { find } from '@/lib/find/find'
import { findQuery } from '@/lib/find/schema'
import type { FindResponse } from '@/lib/find/schema'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'

/** What has a name that contains `?q=`: for the palette. */
export const GET = route(async (request: Request) => {
  const query = findQuery.safeParse(new URL(request.url).searchParams.get('q') ?? '')
  if (!query.success) throw new AppError('invalid', query.error.issues[0]?.message ?? 'Type something to look for.')
  const answer: FindResponse = { query: query.data, found: [...(await find(getContext(), query.data))] }
  return Response.json(answer, { headers: { 'cache-control': 'no-store' } })
})
