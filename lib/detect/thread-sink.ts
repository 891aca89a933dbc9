import { Worker } from 'node:worker_threads'
import { transferables } from '@/lib/db/event-batch'
import type { EventBatch } from '@/lib/db/event-batch'
import { APP_ERROR_STATUS, AppError } from '@/lib/errors'
import type { AppErrorCode } from '@/lib/errors'
import type { ImportEnd, ImportSink } from '@/lib/ingest/import-sink'
import type { PushSink, PushTarget } from '@/lib/ingest/pushed'
import type { Retried } from '@/lib/ingest/settle-rejects'
import type { ImportProgress, ImportRequest, ImportSummary } from '@/lib/ingest/schema'
import { OPENED } from './store-messages'
import type { StoreAnswer, StoreCall, StoreThreadInput, StoreValue, ThrownError } from './store-messages'

interface Pending {
  readonly resolve: (value: StoreValue) => void
  readonly reject: (error: Error) => void
}

type CallOf<Kind extends StoreCall['kind']> = Omit<Extract<StoreCall, { kind: Kind }>, 'call'>

function revive(error: ThrownError): Error {
  if (error.name === 'AppError' && error.code !== null && error.code in APP_ERROR_STATUS) return new AppError(error.code as AppErrorCode, error.message)
  return Object.assign(new Error(error.message), { code: error.code ?? undefined, stack: error.stack })
}

/** The sink in a thread of its own, so that storing and reading each have a core. */
export class ThreadSink implements ImportSink, PushSink {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #calls = OPENED
  #ended: Error | null = null

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (answer: StoreAnswer) => this.#settle(answer))
    worker.on('error', (error) => this.#end(error instanceof Error ? error : new Error(String(error))))
    worker.on('exit', () => this.#end(new Error('the storing thread has ended')))
  }

  /** Starts the thread and waits until its store is open. Throws the AppError it was refused with. */
  static async open(script: URL, input: StoreThreadInput): Promise<ThreadSink> {
    const sink = new ThreadSink(new Worker(script, { workerData: input, name: 'store' }))
    await new Promise((resolve, reject) => {
      sink.#pending.set(OPENED, { resolve, reject })
    })
    return sink
  }

  async start(request: ImportRequest, actor: string): Promise<number> {
    return (await this.#call<'start'>({ kind: 'start', request, actor })) as number
  }

  async write(importId: number, batch: EventBatch, wireBytes: number, retried?: Retried): Promise<ImportProgress> {
    return (await this.#call<'write'>({ kind: 'write', importId, batch, wireBytes, retried }, transferables(batch))) as ImportProgress
  }

  async push(target: PushTarget, batch: EventBatch, wireBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#call<'push'>({ kind: 'push', target, batch, wireBytes }, transferables(batch))) as Uint8Array<ArrayBuffer>
  }

  async finish(importId: number, end: ImportEnd): Promise<ImportSummary> {
    return (await this.#call<'finish'>({ kind: 'finish', importId, end })) as ImportSummary
  }

  /** Closes the store and waits for the thread. */
  async close(): Promise<void> {
    if (this.#ended) return
    const exited = new Promise<void>((resolve) => {
      this.#worker.once('exit', () => resolve())
    })
    await this.#call<'close'>({ kind: 'close' })
    await exited
  }

  async #call<Kind extends StoreCall['kind']>(call: CallOf<Kind>, transfer: ArrayBuffer[] = []): Promise<StoreValue> {
    if (this.#ended) throw this.#ended
    const number = ++this.#calls
    return new Promise((resolve, reject) => {
      this.#pending.set(number, { resolve, reject })
      this.#worker.postMessage({ ...call, call: number }, transfer)
    })
  }

  #settle(answer: StoreAnswer): void {
    const pending = this.#pending.get(answer.call)
    this.#pending.delete(answer.call)
    if (answer.ok) pending?.resolve(answer.value)
    else pending?.reject(revive(answer.error))
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const pending of this.#pending.values()) pending.reject(this.#ended)
    this.#pending.clear()
  }
}
