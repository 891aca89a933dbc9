import { z } from 'zod'
import { AppError } from '@/lib/errors'
import { countRejects, readImport } from '@/lib/ingest/queries'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'
import { getRuntime } from '@/lib/web/runtime'

const HEADERS = { 'cache-control': 'no-store' }

/** How an import goes: by its number what is recorded of it, by the id of a resumable upload how far it is. */
export const GET = route(async (_request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const { id } = await params
  if (z.uuid().safeParse(id).success) {
    const state = getRuntime().uploads.state(id)
    const { rejected = 0, importId } = state.summary ?? {}
    const rejects = rejected > 0 && importId !== undefined ? await countRejects(getContext(), { importId }) : []
    return Response.json({ ...state, rejects }, { headers: HEADERS })
  }
  const found = /^\d{1,15}$/.test(id) ? await readImport(getContext(), Number(id)) : null
  if (!found) throw new AppError('not_found', `There is no import ${id}.`)
  return Response.json(found, { headers: HEADERS })
})
