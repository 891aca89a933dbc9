import { z } from 'zod'
import { AppError } from '@/lib/errors'
import { noteTokenUse } from '@/lib/ingest/authorize-push'
import { importRequest } from '@/lib/ingest/schema'
import { getContext } from '@/lib/web/context'
import { route } from '@/lib/web/http'
import { holderActor, readSender } from '@/lib/web/push-auth'
import { getRuntime } from '@/lib/web/runtime'

const parameters = z.object({
  name: importRequest.shape.name.default('push'),
  source: importRequest.shape.source.optional(),
  format: importRequest.shape.format,
  host: importRequest.shape.host,
})

/**
 * Takes in the events of the request's body: NDJSON or a JSON array, plain or compressed, told by its content. Answers the
 * ImportSummary once everything is stored and the rules have run. A program needs a push token as soon as one was made.
 */
export const POST = route(async (request: Request) => {
  const query = parameters.safeParse(Object.fromEntries(new URL(request.url).searchParams))
  if (!query.success) {
    const [issue] = query.error.issues
    throw new AppError('invalid', `Parameter ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`)
  }
  const { name, format, host } = query.data
  const context = getContext()
  const sender = await readSender(context, request.headers)
  if (sender) await noteTokenUse(context, sender.id)
  const source = query.data.source ?? sender?.name ?? 'push'
  if (request.body === null || request.headers.get('content-length') === '0') throw new AppError('invalid', 'Send the events as the body of the request, for example with curl --data-binary @FILE.')
  const actor = sender ? holderActor(sender) : context.actor.name
  const runtime = getRuntime()
  const held = runtime.streams.begin(actor)
  const summary = await runtime.ingest(request.body, { name, source, kind: 'push', format, host }, { actor, signal: request.signal }).finally(() => held.release())
  // A machine takes 2xx for "all of it is stored".
  return Response.json(summary, { status: summary.error === null ? 200 : 422, headers: { 'cache-control': 'no-store' } })
})
