/** Told when a sender ended its connection in the middle of a body: nobody is left to answer, and it is no fault of ours. */
export class SenderGone extends Error {
  override readonly name = 'SenderGone'
  constructor(readonly bytes: number) {
    super(`the sender ended the connection after ${bytes.toLocaleString('en')} bytes of its body`)
  }
}

const CODES: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR', 'ECANCELED'])
const NAMES: ReadonlySet<string> = new Set(['AbortError', 'ResponseAborted', 'SenderGone'])

/** Whether a thrown value says that the other side went away. By shape: the server and the pages are separate bundles. */
export function isSenderGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return NAMES.has(error.name) || ('code' in error && CODES.has(error.code)) || isSenderGone(error.cause)
}

/** At most so many lines in so long; a thousand senders that go away at once are told in one more. */
const LINES = 20
const SPAN_MS = 60_000
let since = Number.NEGATIVE_INFINITY
let told = 0

/** The line about a sender that went away, or null when there were too many of them lately. `path` is what it asked for. */
export function senderGoneLine(method: string, path: string, now: number = performance.now()): string | null {
  const passedOver = Math.max(0, told - LINES)
  if (now - since >= SPAN_MS) {
    since = now
    told = 0
  }
  told++
  if (told > LINES) return null
  const more = told === 1 && passedOver > 0 ? ` (and ${passedOver.toLocaleString('en')} more before)` : ''
  return `linklocal: ${JSON.stringify(method).slice(1, -1)} ${JSON.stringify(path).slice(1, -1)}: the sender ended the connection before all of its body was there${more}\n`
}
