import { route } from '@/lib/web/http'
import { liveStream } from '@/lib/web/live-stream'
import { getRuntime } from '@/lib/web/runtime'

export const dynamic = 'force-dynamic'

/**
 * What happens, as server-sent events: `alerts` when some were raised or changed, `imports` as they move, `here` at the
 * beginning. `Last-Event-ID`, or `?after=` for a page that opens the stream anew, resumes: what was missed is told at once.
 */
export const GET = route((request: Request) => {
  const last = request.headers.get('last-event-id') ?? new URL(request.url).searchParams.get('after') ?? ''
  const after = /^\d{1,15}$/.test(last) ? Number(last) : null
  return new Response(liveStream(getRuntime().live, after), {
    // no-transform: compressed, events would wait for one another in a buffer.
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache, no-store, no-transform', 'x-accel-buffering': 'no' },
  })
})
