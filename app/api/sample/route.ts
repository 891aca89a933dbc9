import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { readEnv } from '@/lib/env'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'
import { getRuntime } from '@/lib/web/runtime'

/** Takes in the bundled sample incident. A second time it stores nothing: all of it is known. */
export const POST = route(async (request: Request) => {
  const file = createReadStream(join(/* turbopackIgnore: true */ readEnv().root, 'public/samples/incident.ndjson.gz'))
  const summary = await getRuntime().ingest(
    file,
    { name: 'incident.ndjson.gz', source: 'sample incident', kind: 'sample' },
    { actor: getContext().actor.name, signal: request.signal },
  )
  return Response.json(summary, { headers: { 'cache-control': 'no-store' } })
})
