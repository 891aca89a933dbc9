import { route } from '@/lib/web/http'
import { refusalOf } from '@/lib/web/page-refusals'

export const dynamic = 'force-dynamic'

/** Why the page with this digest could not be shown, or null: the browser is told a digest alone. */
export const GET = route(async (_request: Request, { params }: { params: Promise<{ digest: string }> }) => {
  const { digest } = await params
  return Response.json({ message: refusalOf(digest) }, { headers: { 'cache-control': 'no-store' } })
})
