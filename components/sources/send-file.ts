import { DetailedError, Upload, type UploadOptions } from 'tus-js-client'
import { fetchUploadState, refusalOf, type UploadState } from '@/components/sources/upload-answers'
import { LIMITS } from '@/lib/limits'

/** As tus asks for it: with the origin, against which it reads where an upload was made. */
function endpoint(): string {
  return new URL('/api/uploads', globalThis.location.href).href
}

/** What goes with a file. */
export interface UploadFacts {
  /** Its name, with the folders below the one that was dropped. */
  readonly name: string
  readonly source: string
  readonly format: string
  /** The host of records that do not name theirs; empty for none. */
  readonly host: string
}

/** What is told while a file is sent. */
export interface SendEvents {
  /** It has an id on the server. `again`: the server no longer knew the one before, so all is sent anew. */
  readonly onOpened: (id: string, again: boolean) => void
  /** Bytes are on their way: handed to the connection, not yet known to have arrived. */
  readonly onMoving: (handed: number) => void
  /** The connection was lost; it is tried again. */
  readonly onLost: () => void
  /** The server has all of it, or has ended it: ask it for the summary. */
  readonly onEnded: () => void
  readonly onRefused: (message: string) => void
}

export interface Sending {
  /** Drops the connection and goes on over a new one. */
  readonly reconnect: () => void
  /** Ends the upload here and on the server. */
  readonly cancel: () => Promise<void>
}

/** Sooner at first, then every fifteen seconds for as long as the server waits; any byte that arrives begins it anew. */
const RETRY_MS = [0, 500, 1000, 2000, 4000, 8000]
const LAST_RETRY_MS = 15_000
const RETRIES = [...RETRY_MS, ...Array.from({ length: Math.ceil(LIMITS.uploadWaitMs / LAST_RETRY_MS) }, () => LAST_RETRY_MS)]

/** Answers after which trying again is right: none at all, somebody else's turn, too many, a server that is starting. */
const TRANSIENT = new Set([0, 409, 423, 429, 502, 503, 504])
const GONE = new Set([404, 410])

const LOST = 'The connection to the server was lost and did not come back. What was stored of it stays; send the file again to add the rest.'
/**
 * An upload that another page still seems to send is taken over when its bytes stand still for so long. It is looked at more than
 * once: of a page that was just closed the server may still have something to read.
 */
const STANDSTILL_MS = 1000
const LOOKS = 5

function statusOf(error: Error | DetailedError): number {
  return error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? 0) : 0
}

/** Under which an upload is found again when the same file is dropped once more. */
function fingerprintOf(file: File, { name, source, format, host }: UploadFacts): string {
  return ['linklocal', name, file.size, file.lastModified, source, format, host].join('\u0000')
}

export function idOf(url: string | null): string {
  return url?.split('/').at(-1) ?? ''
}

/** How the upload of an earlier page is, when it can be gone on with; `null` when the server cannot be asked, or another page sends it. */
export async function readLeft(id: string): Promise<UploadState | 'gone' | null> {
  let taken = -1
  for (let look = 1; look <= LOOKS; look++) {
    const state = await fetchUploadState(id)
    if (state?.status === 'waiting') return state
    if (state && (state.status !== 'running' || state.taken === state.length)) return 'gone'
    if (state?.taken === taken) return state
    taken = state?.taken ?? -1
    if (look < LOOKS) await new Promise((resolve) => setTimeout(resolve, STANDSTILL_MS))
  }
  return null
}

/** Sends a file by the tus protocol: what drops goes on where it stopped, also after a reload of the page. */
export function sendFile(file: File, facts: UploadFacts, events: SendEvents): Sending {
  const { onOpened, onMoving, onLost, onEnded, onRefused } = events
  let current: Upload | null = null
  let cancelled = false

  const make = (options: Pick<UploadOptions, 'endpoint'>, again: boolean): Upload => {
    const upload = new Upload(file, {
      ...options,
      metadata: { filename: facts.name, source: facts.source, format: facts.format, ...(facts.host === '' ? {} : { host: facts.host }) },
      fingerprint: () => Promise.resolve(fingerprintOf(file, facts)),
      removeFingerprintOnSuccess: true,
      retryDelays: RETRIES,
      onUploadUrlAvailable: () => {
        // From here on an upload that is gone is for us to judge, not to be made anew.
        upload.options.endpoint = null
        onOpened(idOf(upload.url), again)
      },
      onProgress: (handed) => onMoving(handed),
      onShouldRetry: (error) => {
        const status = statusOf(error)
        if (!cancelled && TRANSIENT.has(status) && status !== 409 && status !== 423) onLost()
        return TRANSIENT.has(status)
      },
      onSuccess: onEnded,
      onError: (error) => void judge(error, upload),
    })
    return upload
  }

  const begin = (upload: Upload): void => {
    if (cancelled) return
    current = upload
    upload.start()
  }

  const judge = async (error: Error | DetailedError, upload: Upload): Promise<void> => {
    const status = statusOf(error)
    if (status === 422) return onEnded()
    if (upload.url !== null && GONE.has(status)) {
      const state = await fetchUploadState(idOf(upload.url))
      if (state?.status === 'ended' && !state.expired) return onEnded()
      return begin(make({ endpoint: endpoint() }, true))
    }
    const body = error instanceof DetailedError ? error.originalResponse?.getBody() : undefined
    return onRefused(status === 0 ? LOST : refusalOf(status, body ?? ''))
  }

  const start = async (): Promise<void> => {
    const known = make({ endpoint: null }, false)
    for (const previous of await known.findPreviousUploads()) {
      const left = await readLeft(idOf(previous.uploadUrl))
      if (left === null || left === 'gone') continue
      known.resumeFromPreviousUpload(previous)
      return begin(known)
    }
    return begin(make({ endpoint: endpoint() }, false))
  }

  start().catch((error: unknown) => onRefused(error instanceof Error ? error.message : String(error)))
  return {
    reconnect: () => {
      const upload = current
      if (upload && !cancelled) void upload.abort().then(() => upload.start())
    },
    cancel: async () => {
      cancelled = true
      await current?.abort(true)
    },
  }
}
