import { handleTus } from '@/lib/web/uploads/handle-tus'
import { getContext } from '@/lib/web/context'
import { getRuntime } from '@/lib/web/runtime'

/** Resumable uploads by tus 1.0: made with POST, sent with PATCH, asked after with HEAD, ended with DELETE. */
async function handle(request: Request, { params }: { params: Promise<{ id?: string[] }> }): Promise<Response> {
  const { id = [] } = await params
  return handleTus({ context: getContext(), desk: getRuntime().uploads }, request, id.length === 0 ? null : id.join('/'))
}

export { handle as DELETE, handle as HEAD, handle as OPTIONS, handle as PATCH, handle as POST }
