import { z } from 'zod'
import { AppError } from '@/lib/errors'
import { readRejects } from '@/lib/ingest/queries'
import { rejectJson } from '@/lib/ingest/reject-json'
import { REJECT_STATES } from '@/lib/ingest/schema'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'

const id = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional()
const parameters = z.object({
  import: id,
  source: id,
  code: z.string().min(1).max(100).optional(),
  /** Those that are still rejected when left out. */
  state: z.enum([...REJECT_STATES, 'all']).default('open'),
})

const encoder = new TextEncoder()

/** Rejected records as NDJSON, each with the bytes that were kept of it, exactly (base64) and as text where it is text. */
export const GET = route((request: Request) => {
  const query = parameters.safeParse(Object.fromEntries(new URL(request.url).searchParams))
  if (!query.success) throw new AppError('invalid', 'Rejects are asked for by import=NUMBER or source=NUMBER, code=CODE, and state=open, resolved or all.')
  const { import: importId, source: sourceId, code, state } = query.data
  const rows = readRejects(getContext(), { importId, sourceId, code, state: state === 'all' ? undefined : state })
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await rows.next()
      if (next.done === true) controller.close()
      else controller.enqueue(encoder.encode(`${JSON.stringify(rejectJson(next.value))}\n`))
    },
    async cancel() {
      await rows.return(undefined)
    },
  })
  const name = ['rejects', ...(importId === undefined ? [] : [`import-${importId}`]), ...(sourceId === undefined ? [] : [`source-${sourceId}`])].join('-')
  return new Response(body, {
    headers: {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': `attachment; filename="${name}.ndjson"`,
      'cache-control': 'no-store',
    },
  })
})
