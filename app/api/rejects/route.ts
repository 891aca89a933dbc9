import { z } from 'zod'
import { AppError } from '@/lib/errors'
import { readRejects, type RejectedBytes } from '@/lib/ingest/queries'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'

const id = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional()
const parameters = z.object({
  import: id,
  source: id,
  code: z.string().min(1).max(100).optional(),
})

const encoder = new TextEncoder()
/** Text that is not exactly what the bytes say would be a lie; those records have base64 alone. */
const exact = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(bytes: Uint8Array): string | null {
  try {
    return exact.decode(bytes)
  } catch {
    return null
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function line({ bytes, importId, importName, record, offset, size, code, reason }: RejectedBytes): Uint8Array {
  const text = textOf(bytes)
  const row = { import: importId, name: importName, record, offset, size, code, reason, truncated: bytes.length < size, text, base64: base64(bytes) }
  return encoder.encode(`${JSON.stringify(row)}\n`)
}

/** Rejected records as NDJSON, each with the bytes that were kept of it, exactly (base64) and as text where it is text. */
export const GET = route((request: Request) => {
  const query = parameters.safeParse(Object.fromEntries(new URL(request.url).searchParams))
  if (!query.success) throw new AppError('invalid', 'Rejects are asked for by import=NUMBER or source=NUMBER, and code=CODE.')
  const { import: importId, source: sourceId, code } = query.data
  const rows = readRejects(getContext(), { importId, sourceId, code })
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await rows.next()
      if (next.done === true) controller.close()
      else controller.enqueue(line(next.value))
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
