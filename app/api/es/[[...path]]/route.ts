import { createHash } from 'node:crypto'
import { readEnv } from '@/lib/env'
import { handleShipper } from '@/lib/web/bulk/handle-shipper'
import { getContext } from '@/lib/web/context'
import { getRuntime } from '@/lib/web/runtime'

export const dynamic = 'force-dynamic'

/** What shippers of events ask of an Elasticsearch. The server leads its paths, which begin at the root, here. */
async function handle(request: Request): Promise<Response> {
  const clusterId = createHash('sha256').update(readEnv().dataDir).digest('base64url').slice(0, 22)
  return handleShipper({ context: getContext(), runtime: getRuntime(), clusterId }, request)
}

export { handle as DELETE, handle as GET, handle as HEAD, handle as POST, handle as PUT }
