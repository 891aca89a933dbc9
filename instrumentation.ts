import type { Instrumentation } from 'next'
import { keepRefusal } from '@/lib/web/page-refusals'
import { isSenderGone } from '@/lib/web/sender-gone'

/** What a page or a route threw, for the server's log: the browser only gets the digest, under which it is found here. */
export const onRequestError: Instrumentation.onRequestError = (error, request, context) => {
  // A sender that went away is told where its body was read.
  if (isSenderGone(error)) return
  keepRefusal(error)
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const digest = error instanceof Error && 'digest' in error ? ` (${String(error.digest)})` : ''
  console.error(`linklocal: ${request.method} ${JSON.stringify(request.path)} failed in ${context.routePath}${digest}: ${stack}`)
}
