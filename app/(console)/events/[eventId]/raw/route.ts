import { AppError } from '@/lib/errors'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'

/** A stored event, byte for byte as it was ingested. */
export const GET = route(async (_request: Request, { params }: { params: Promise<{ eventId: string }> }) => {
  const { eventId } = await params
  const [stored] = /^\d{1,15}$/.test(eventId) ? getContext().events.byIds([Number(eventId)]) : []
  if (!stored) throw new AppError('not_found', 'There is no such event, or it is no longer stored.')
  return new Response(new Uint8Array(stored.raw), {
    headers: { 'content-type': 'application/octet-stream', 'content-disposition': `attachment; filename="event-${stored.id}.json"`, 'cache-control': 'no-store' },
  })
})
