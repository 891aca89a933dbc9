import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { parseCaseRef } from '@/lib/cases/schema'
import { AppError } from '@/lib/errors'
import { prepareExport, recordExport } from '@/lib/export/export-case'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'

export const dynamic = 'force-dynamic'

/**
 * The case as a ZIP. Its ETag is the SHA-256 of its bytes, which are the same for an unchanged case; who took it away is in
 * the audit log before the first byte leaves.
 */
export const GET = route(async (request: Request, { params }: { params: Promise<{ ref: string }> }) => {
  // It is written to the audit log: a link in a mail, or one that somebody was talked into following, must not.
  if (request.headers.get('sec-fetch-site') !== 'same-origin') throw new AppError('forbidden', 'A case is exported from its page, or with `linklocal case export`.')
  const { ref } = await params
  const id = parseCaseRef(ref)
  if (id === null) throw new AppError('not_found', 'A case is written like C-1.')
  const showSecrets = new URL(request.url).searchParams.get('show-secrets')
  const ctx = getContext()
  const prepared = await prepareExport(ctx, id, showSecrets === null ? {} : { showSecrets })
  const { fileName, zipBytes, zipSha256, manifestSha256 } = prepared.preview
  const etag = `"${zipSha256}"`
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers: { etag } })
  await recordExport(ctx, prepared)
  return new Response(Readable.toWeb(prepared.open()) as ReadableStream<Uint8Array> as unknown as BodyInit, {
    headers: {
      'content-type': 'application/zip',
      'content-length': String(zipBytes),
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'private, no-cache',
      etag,
      'x-manifest-sha256': manifestSha256,
    },
  })
})
