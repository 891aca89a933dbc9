import { AppError } from '@/lib/errors'
import { alertRef, parseAlertRef } from '@/lib/alerts/schema'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'

/** A linked record, byte for byte as it was ingested. */
export const GET = route(async (_request: Request, { params }: { params: Promise<{ ref: string; position: string }> }) => {
  const { ref, position } = await params
  const id = parseAlertRef(ref)
  const ctx = getContext()
  const link =
    id === null || !/^\d{1,6}$/.test(position)
      ? null
      : await ctx.db.alertEvent.findUnique({ where: { alertId_position: { alertId: id, position: Number(position) } }, select: { eventId: true } })
  const [stored] = link ? ctx.events.byIds([link.eventId]) : []
  if (id === null || !stored) throw new AppError('not_found', 'This alert has no such record, or it is no longer stored.')
  return new Response(new Uint8Array(stored.raw), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${alertRef(id)}-record-${position}.json"`,
      'cache-control': 'no-store',
    },
  })
})
