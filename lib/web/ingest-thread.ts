import { Worker } from 'node:worker_threads'
import { APP_ERROR_STATUS, AppError, errorMessage, isAppError } from '@/lib/errors'
import type { AppErrorCode } from '@/lib/errors'
import type { ImportReading, ImportRequest, ImportSummary, RetryRequest, RetrySummary } from '@/lib/ingest/schema'
import type { PushAnswer, PushRequest } from '@/lib/ingest/pushed'
import type { FromWorker, ToWorker, WorkerInput } from '@/lib/ingest/worker-messages'
import { LIMITS } from '@/lib/limits'

/** Bytes on their way to the thread before the sender has to wait. */
const IN_FLIGHT_BYTES = 8 * 1024 * 1024

export interface IngestOptions {
  readonly actor: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ImportReading) => void
}

/** An import whose bytes come piece by piece. What was read of it stays stored, however it ends. */
export interface OpenImport {
  /** Hands bytes over, and waits while the thread is behind. False when the import has ended: nothing more is taken. */
  write(bytes: Uint8Array): Promise<boolean>
  /** Resolves when what was handed over so far is stored, but for a record that is not whole yet, or when the import has ended. */
  flush(): Promise<void>
  /** Says that all bytes are there. */
  end(): void
  /** Ends it as cancelled. */
  cancel(): void
  /** Ends it early; `reason` completes "Reading stopped: …". */
  interrupt(reason: string): void
  /** Resolves when it has ended and everything that was read of it is stored. */
  readonly done: Promise<ImportSummary>
}

const SENDER_GONE = 'the sender ended the connection in the middle. Sending the file again adds the rest'

interface Job {
  inFlight: number
  wake: (() => void) | null
  /** Who waits for a flush, in the order of asking. */
  readonly flushes: (() => void)[]
  readonly onProgress: ((progress: ImportReading) => void) | undefined
  readonly resolve: (summary: ImportSummary) => void
  readonly reject: (error: Error) => void
}

interface Pending<T> {
  readonly resolve: (answer: T) => void
  readonly reject: (error: Error) => void
}

/** A failure of the thread as what it means to a sender; anything unknown is a fault of ours. */
function failure({ code, message, stack }: Extract<FromWorker, { kind: 'failed' }>, stored = 'nothing of this request was stored'): Error {
  if (code !== null && code in APP_ERROR_STATUS) return new AppError(code as AppErrorCode, message)
  if (code === 'SQLITE_BUSY') return new AppError('busy', `The database is busy: ${stored}. Send it again.`)
  return Object.assign(new Error(message), { stack, ...(code === null ? {} : { code }) })
}

/** The server's side of the ingest thread. */
export class IngestThread {
  readonly #worker: Worker
  readonly #jobs = new Map<number, Job>()
  readonly #pushes = new Map<number, Pending<PushAnswer>>()
  readonly #retries = new Map<number, Pending<RetrySummary>>()
  #nextJob = 1
  #ended: Error | null = null

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (message: FromWorker) => this.#on(message))
    worker.on('error', (error) => this.#end(error instanceof Error ? error : new Error(String(error))))
    worker.on('exit', () => this.#end(new Error('the ingest thread has ended')))
  }

  /**
   * Starts the thread and waits until its store is open, or `signal` ends the wait and the thread. Throws the AppError it was refused
   * with, `conflict` when it was ended.
   */
  static async start(script: URL, input: WorkerInput, signal?: AbortSignal): Promise<IngestThread> {
    const worker = new Worker(script, { workerData: input, name: 'ingest' })
    const end = (): void => void worker.terminate()
    try {
      await new Promise<void>((resolve, reject) => {
        worker.once('message', (message: FromWorker) => {
          if (message.kind !== 'refused') resolve()
          else reject(message.code in APP_ERROR_STATUS ? new AppError(message.code as AppErrorCode, message.message) : new Error(message.message))
        })
        worker.once('error', reject)
        worker.once('exit', () => reject(new AppError('conflict', 'Linklocal was stopped while it was starting.')))
        if (signal?.aborted === true) end()
        signal?.addEventListener('abort', end, { once: true })
      })
    } finally {
      signal?.removeEventListener('abort', end)
    }
    return new IngestThread(worker)
  }

  /** Hands a stream to the thread, at the thread's pace, and answers what became of it. A sender that goes away leaves what arrived. */
  async ingest(body: AsyncIterable<Uint8Array>, request: ImportRequest, { signal, ...options }: IngestOptions): Promise<ImportSummary> {
    const open = this.open(request, options)
    const interrupt = (): void => open.interrupt(SENDER_GONE)
    signal?.addEventListener('abort', interrupt, { once: true })
    try {
      // oxlint-disable-next-line no-await-in-loop -- back-pressure
      for await (const chunk of body) if (!(await open.write(chunk))) break
      open.end()
    } catch (error) {
      open.interrupt(isAppError(error) ? errorMessage(error) : SENDER_GONE)
    }
    try {
      return await open.done
    } finally {
      signal?.removeEventListener('abort', interrupt)
    }
  }

  /** Opens an import whose bytes come piece by piece. Throws when the thread has ended. */
  open(request: ImportRequest, { actor, onProgress }: Omit<IngestOptions, 'signal'>): OpenImport {
    if (this.#ended) throw this.#ended
    const id = this.#nextJob++
    const say = (message: ToWorker, transfer: ArrayBuffer[] = []): void => this.#worker.postMessage(message, transfer)
    const done = new Promise<ImportSummary>((resolve, reject) => {
      this.#jobs.set(id, { inFlight: 0, wake: null, flushes: [], onProgress, resolve, reject })
    })
    // Whoever waits for it hears of it; until then a failure is not unhandled.
    done.catch(() => undefined)
    say({ kind: 'start', job: id, request, actor })
    return {
      done,
      write: async (chunk) => {
        const job = this.#jobs.get(id)
        if (!job) return false
        // Node's small buffers share one pool: only bytes of our own may be given away.
        const bytes = new Uint8Array(chunk)
        job.inFlight += bytes.byteLength
        say({ kind: 'chunk', job: id, bytes }, [bytes.buffer])
        if (job.inFlight > IN_FLIGHT_BYTES) {
          await new Promise<void>((resolve) => {
            job.wake = resolve
          })
        }
        return this.#jobs.has(id)
      },
      flush: () =>
        new Promise<void>((resolve) => {
          const job = this.#jobs.get(id)
          if (!job) return resolve()
          job.flushes.push(resolve)
          say({ kind: 'flush', job: id })
        }),
      end: () => say({ kind: 'end', job: id }),
      cancel: () => say({ kind: 'abort', job: id }),
      interrupt: (reason) => say({ kind: 'interrupt', job: id, reason }),
    }
  }

  /** Hands over the documents of one request; resolves when what is answered is on disk. The request's buffers are given away. */
  async push(request: PushRequest): Promise<PushAnswer> {
    if (this.#ended) throw this.#ended
    const job = this.#nextJob++
    return new Promise((resolve, reject) => {
      this.#pushes.set(job, { resolve, reject })
      this.#worker.postMessage({ kind: 'push', job, request } satisfies ToWorker, [request.body.buffer, request.starts.buffer, request.ends.buffer])
    })
  }

  /** Tries rejected records again; resolves when what is answered is on disk. Throws the AppError it was refused with. */
  async retry(request: RetryRequest, actor: string): Promise<RetrySummary> {
    if (this.#ended) throw this.#ended
    const job = this.#nextJob++
    return new Promise((resolve, reject) => {
      this.#retries.set(job, { resolve, reject })
      this.#worker.postMessage({ kind: 'retry', job, request, actor } satisfies ToWorker)
    })
  }

  /**
   * Ends the running imports, closes the store and waits for the thread. One that has not ended by then is ended as a killed process
   * is: what was acknowledged is stored, and the next start finishes the rest.
   */
  async stop(withinMs: number = LIMITS.threadStopMs): Promise<void> {
    if (this.#ended) return
    const exited = new Promise<void>((resolve) => {
      this.#worker.once('exit', () => resolve())
    })
    this.#worker.postMessage({ kind: 'stop' } satisfies ToWorker)
    const late = setTimeout(() => {
      process.stderr.write('linklocal: storing did not come to an end in time and was broken off. What was acknowledged is stored; the next start finishes the rest.\n')
      void this.#worker.terminate()
    }, withinMs)
    await exited
    clearTimeout(late)
  }

  #on(message: FromWorker): void {
    if (message.kind === 'ready' || message.kind === 'refused') return
    const push = this.#pushes.get(message.job)
    if (push) {
      this.#pushes.delete(message.job)
      if (message.kind === 'pushed') push.resolve(message.answer)
      else if (message.kind === 'failed') push.reject(failure(message))
      return
    }
    const retry = this.#retries.get(message.job)
    if (retry) {
      this.#retries.delete(message.job)
      if (message.kind === 'retried') retry.resolve(message.summary)
      else if (message.kind === 'failed') retry.reject(failure(message))
      return
    }
    const job = this.#jobs.get(message.job)
    if (!job || message.kind === 'pushed' || message.kind === 'retried') return
    switch (message.kind) {
      case 'taken':
        job.inFlight -= message.bytes
        if (job.inFlight <= IN_FLIGHT_BYTES / 2) this.#wake(job)
        return
      case 'flushed':
        return job.flushes.shift()?.()
      case 'progress':
        return job.onProgress?.(message.progress)
      case 'done':
        this.#jobs.delete(message.job)
        this.#free(job)
        return job.resolve(message.summary)
      case 'failed':
        this.#jobs.delete(message.job)
        this.#free(job)
        return job.reject(failure(message, 'what was read until then is stored'))
    }
  }

  #wake(job: Job): void {
    job.wake?.()
    job.wake = null
  }

  /** Nobody waits for the thread any more. */
  #free(job: Job): void {
    this.#wake(job)
    for (const resolve of job.flushes.splice(0)) resolve()
  }

  #end(error: Error): void {
    this.#ended = error
    for (const job of this.#jobs.values()) {
      this.#free(job)
      job.reject(error)
    }
    this.#jobs.clear()
    for (const waiting of [...this.#pushes.values(), ...this.#retries.values()]) waiting.reject(error)
    this.#pushes.clear()
    this.#retries.clear()
  }
}
