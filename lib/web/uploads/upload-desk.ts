import { randomUUID } from 'node:crypto'
import { AppError } from '@/lib/errors'
import type { ImportReading, ImportRequest, ImportSummary } from '@/lib/ingest/schema'
import { LIMITS } from '@/lib/limits'
import type { IngestOptions, OpenImport } from '@/lib/web/ingest-thread'

/** An upload as who sends it or watches it sees it. */
export interface UploadState {
  /** `waiting`: its sender is away and may go on; `unknown`: there was none of this id, or long ago. */
  readonly status: 'unknown' | 'waiting' | 'running' | 'ended'
  /** Bytes whose records are stored, of how many: all of them only once the upload has ended well. What comes next begins here. */
  readonly offset: number
  readonly length: number
  /** Bytes taken in; those behind the offset are held in memory alone. */
  readonly taken: number
  readonly progress: ImportReading | null
  /** Null while it runs, and for one that ended on a fault. */
  readonly summary: ImportSummary | null
  /** It ended because its sender was away for too long: nothing speaks against sending the file again. */
  readonly expired: boolean
}

const UNKNOWN: UploadState = { status: 'unknown', offset: 0, length: 0, taken: 0, progress: null, summary: null, expired: false }

/** One sender's turn at an upload: the request that carries its bytes. */
interface Turn {
  readonly release: () => void
  readonly released: Promise<void>
}

interface Upload {
  readonly length: number
  readonly actor: string
  readonly job: OpenImport
  readonly expiry: NodeJS.Timeout
  taken: number
  /** The offset that its sender was told last. */
  told: number
  turn: Turn | null
  progress: ImportReading | null
  expired: boolean
}

interface Ended {
  readonly actor: string
  readonly state: UploadState
}

export interface UploadDeskOptions {
  readonly open: (request: ImportRequest, options: Omit<IngestOptions, 'signal'>) => OpenImport
  readonly waitMs?: number
  readonly settleMs?: number
}

/** How much of it is stored; never all of it before its end is: what its last bytes hold may still be damaged. */
function settled({ progress, length }: Pick<Upload, 'progress' | 'length'>): number {
  return Math.max(0, Math.min(progress?.bytes ?? 0, length - 1))
}

function isWaiting({ turn, taken, length }: Upload): boolean {
  return turn === null && taken < length
}

function minutes(ms: number): string {
  const n = Math.round(ms / 60_000)
  return n < 1 ? 'a while' : n === 1 ? 'a minute' : `${n} minutes`
}

/**
 * Uploads that outlive the connections they come over. Each is an import that stays open between them, with its decoder and
 * its half-read record in the ingest thread's memory. The offset that a sender is told counts what is stored, not what was taken
 * in: a sender forgets what it takes for done, and a killed console has lost what it held. What is sent once more because of
 * that is passed over. One that is not heard of for `LIMITS.uploadWaitMs` ends as interrupted, as do all when the console ends: what was read of it is stored.
 */
export class UploadDesk {
  readonly #open: UploadDeskOptions['open']
  readonly waitMs: number
  readonly #settleMs: number
  readonly #uploads = new Map<string, Upload>()
  /** Oldest first. */
  readonly #ended = new Map<string, Ended>()

  constructor({ open, waitMs = LIMITS.uploadWaitMs, settleMs = LIMITS.uploadSettleMs }: UploadDeskOptions) {
    this.#open = open
    this.waitMs = waitMs
    this.#settleMs = settleMs
  }

  /** Opens an upload of `length` bytes and answers its id. Throws `busy` when too many are open, `too_large`. */
  async create(request: ImportRequest, length: number, actor: string, isToken: boolean): Promise<string> {
    if (length > LIMITS.importBytes) {
      throw new AppError('too_large', `The file has ${length.toLocaleString('en')} bytes; at most ${LIMITS.importBytes.toLocaleString('en')} are taken. Split it and send the parts.`)
    }
    if (this.#uploads.size >= LIMITS.openUploads) {
      throw new AppError('busy', `${LIMITS.openUploads} uploads are open or wait for their sender, which is the most. Try again when one of them has ended.`)
    }
    const own = [...this.#uploads.values()].filter((upload) => upload.actor === actor).length
    // The console's own page may have what is left: a token may not have all of it.
    if (isToken && own >= Math.ceil((LIMITS.openUploads - this.#uploads.size + own) / 2)) {
      throw new AppError('busy', `${own} uploads of this token are open or wait for their sender, which is its share. Try again when one of them has ended.`)
    }
    const id = randomUUID()
    const job = this.#open(request, {
      actor,
      onProgress: (progress) => {
        const upload = this.#uploads.get(id)
        if (upload) upload.progress = progress
      },
    })
    const expiry = setTimeout(() => this.#expire(id), this.waitMs).unref()
    this.#uploads.set(id, { length, actor, job, expiry, taken: 0, told: 0, turn: null, progress: null, expired: false })
    job.done.then(
      (summary) => this.#close(id, summary),
      () => this.#close(id, null),
    )
    if (length === 0) await this.#finish({ job, expiry })
    return id
  }

  /** How an upload is; of anybody, since it tells no more than the list of imports. */
  state(id: string): UploadState {
    const upload = this.#uploads.get(id)
    if (!upload) return this.#ended.get(id)?.state ?? UNKNOWN
    const { length, taken, progress } = upload
    return { status: isWaiting(upload) ? 'waiting' : 'running', offset: settled(upload), length, taken, progress, summary: null, expired: false }
  }

  /** The imports of uploads whose sender is away. */
  waitingImports(): ReadonlySet<number> {
    return new Set([...this.#uploads.values()].filter(isWaiting).flatMap(({ progress }) => progress?.importId ?? []))
  }

  /**
   * Where to go on. A sender asks this after it lost its connection; one that still hangs here is ended first, and what came over
   * it is stored, or as much of it as can be in the time that a question may take. Throws `not_found` for one that is not the actor's.
   */
  async resume(id: string, actor: string): Promise<UploadState> {
    const upload = this.#of(id, actor)
    if (!upload) return this.state(id)
    await this.#release(upload)
    return this.#tell(id, upload)
  }

  /**
   * Takes bytes that begin at `offset`, until the stream ends or breaks; both are the same to an upload. The offset is the one
   * that was told last, or that of the next byte. With its last byte it answers once everything is stored. Throws `locked` while another request sends, `conflict` for another offset.
   */
  async append(id: string, actor: string, offset: number, body: ReadableStream<Uint8Array> | null): Promise<UploadState> {
    const upload = this.#of(id, actor)
    if (!upload) return this.state(id)
    if (upload.turn) throw new AppError('locked', 'Another request is sending this upload. Ask with HEAD where to go on; that ends the other one.')
    if (offset !== upload.told && offset !== upload.taken) throw new AppError('conflict', `The upload is at byte ${upload.told}, not at ${offset}. Ask with HEAD where to go on.`)
    if (body) await this.#take(upload, offset, body)
    if (upload.taken < upload.length) return this.#tell(id, upload)
    await this.#finish(upload)
    return this.state(id)
  }

  /** Ends an upload as cancelled and waits until what was read of it is stored. */
  async terminate(id: string, actor: string): Promise<UploadState> {
    const upload = this.#of(id, actor)
    if (upload) {
      upload.job.cancel()
      await upload.job.done.catch(() => undefined)
      await this.#release(upload)
    }
    return this.state(id)
  }

  /** Null for one that has ended. */
  #of(id: string, actor: string): Upload | null {
    const upload = this.#uploads.get(id)
    if ((upload ?? this.#ended.get(id))?.actor !== actor) throw new AppError('not_found', `There is no upload ${id}. Make a new one; what was stored is counted once.`)
    return upload ?? null
  }

  /** Has what was taken in stored, for as long as the answer may take, and answers how much of it is. */
  async #tell(id: string, upload: Upload): Promise<UploadState> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#settleMs)
    })
    await Promise.race([upload.job.flush(), late])
    clearTimeout(timer)
    upload.told = settled(upload)
    return this.state(id)
  }

  async #take(upload: Upload, offset: number, body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader()
    // A read that waits answers as at the end; a stream that is broken already needs no more.
    const stop = (): void => void reader.cancel().catch(() => undefined)
    let free = (): void => undefined
    const released = new Promise<void>((resolve) => {
      free = resolve
    })
    upload.turn = { release: stop, released }
    let at = offset
    try {
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- one chunk after another
        const next = await reader.read().catch(() => null)
        if (next === null || next.done) return
        const known = Math.min(upload.taken - at, next.value.byteLength)
        at += next.value.byteLength
        if (at > upload.length) {
          throw new AppError('too_large', `More bytes were sent than the ${upload.length.toLocaleString('en')} that this upload was to have.`)
        }
        upload.expiry.refresh()
        const bytes = next.value.subarray(known)
        if (bytes.byteLength === 0) continue
        const taken = upload.job.write(bytes)
        upload.taken = at
        // oxlint-disable-next-line no-await-in-loop -- back-pressure
        if (!(await taken)) return void (await upload.job.done.catch(() => undefined))
      }
    } finally {
      upload.turn = null
      stop()
      free()
    }
  }

  async #release({ turn }: Upload): Promise<void> {
    turn?.release()
    await turn?.released
  }

  async #finish({ job, expiry }: Pick<Upload, 'job' | 'expiry'>): Promise<void> {
    // Nothing more is waited for but the store.
    clearTimeout(expiry)
    job.end()
    await job.done
  }

  #expire(id: string): void {
    const upload = this.#uploads.get(id)
    if (!upload) return
    upload.expired = true
    upload.job.interrupt(`its sender was not heard of for ${minutes(this.waitMs)}. Sending the file again adds the rest`)
  }

  #close(id: string, summary: ImportSummary | null): void {
    const upload = this.#uploads.get(id)
    if (!upload) return
    clearTimeout(upload.expiry)
    this.#uploads.delete(id)
    const { actor, taken, length, progress, turn, expired } = upload
    const offset = summary?.error === null ? taken : (summary?.bytes ?? settled(upload))
    this.#ended.set(id, { actor, state: { status: 'ended', offset, length, taken, progress, summary, expired } })
    turn?.release()
    const [oldest] = this.#ended.keys()
    if (this.#ended.size > LIMITS.uploadsRemembered && oldest !== undefined) this.#ended.delete(oldest)
  }
}
