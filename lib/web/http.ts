import { randomBytes } from 'node:crypto'
import { asRefusal, type AppErrorCode } from '@/lib/errors'
import { isSenderGone, senderGoneLine } from '@/lib/web/sender-gone'

/** The body of every answer that is a refusal or a failure. */
export interface ErrorBody {
  readonly error: {
    /** A code of AppError, or `internal`. */
    readonly code: string
    readonly message: string
    readonly details?: Readonly<Record<string, unknown>>
    /** Under which the server's log has the stack, for a failure that should not have happened. */
    readonly reference?: string
  }
}

/** As nginx has it: the client closed the request. */
const SENDER_GONE_STATUS = 499

function json(status: number, body: ErrorBody, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } })
}

/** What a status asks for beside it. No `Basic` among the schemes: a browser would ask its user for a password. */
const HEADERS: Partial<Record<AppErrorCode, Readonly<Record<string, string>>>> = {
  unauthenticated: { 'www-authenticate': 'Bearer realm="linklocal", ApiKey' },
  busy: { 'retry-after': '1' },
  disk_full: { 'retry-after': '30' },
  data_gone: { 'retry-after': '30' },
}

/**
 * The one place where a thrown value becomes an HTTP answer: an AppError with its status and message, anything else as 500
 * with a reference. A sender that went away, of whom `from` was the request, is told in one line: nobody reads the answer. What an
 * unknown error says stays in the log: it may name paths or data.
 */
export function errorResponse(error: unknown, log: (line: string) => void = (line) => process.stderr.write(line), from?: Pick<Request, 'method' | 'url'>): Response {
  const refusal = asRefusal(error)
  if (refusal) {
    const { code, message, details, status } = refusal
    const facts = Object.keys(details).length > 0 ? { details } : {}
    return json(status, { error: { code, message, ...facts } }, HEADERS[code] ?? {})
  }
  if (isSenderGone(error)) {
    const line = from === undefined ? null : senderGoneLine(from.method, new URL(from.url).pathname)
    if (line !== null) log(line)
    return new Response(null, { status: SENDER_GONE_STATUS })
  }
  const reference = `E-${randomBytes(4).toString('hex')}`
  log(`linklocal: ${reference}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return json(500, { error: { code: 'internal', message: `Something went wrong that should not have. The server’s log has it under ${reference}.`, reference } })
}

/** A route handler whose thrown errors are answered by `errorResponse`. */
export function route<Arguments extends readonly unknown[]>(
  handler: (...args: Arguments) => Promise<Response> | Response,
): (...args: Arguments) => Promise<Response> {
  return async (...args) => {
    try {
      return await handler(...args)
    } catch (error) {
      const [request] = args
      return errorResponse(error, undefined, request instanceof Request ? request : undefined)
    }
  }
}
