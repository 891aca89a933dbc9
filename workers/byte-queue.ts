import { FLUSH } from '@/lib/ingest/run-import'

interface Flush {
  readonly done: () => void
}

/** Chunks of one stream on their way through a thread: pushed as messages, read as an async iterable. */
export class ByteQueue implements AsyncIterable<Buffer | typeof FLUSH> {
  readonly #chunks: (Buffer | Flush)[] = []
  #ended = false
  #failure: Error | null = null
  #wake: (() => void) | null = null
  readonly #onTaken: (bytes: number) => void

  /** `onTaken` is told the size of each chunk once the reader took it: the sender's back-pressure. */
  constructor(onTaken: (bytes: number) => void) {
    this.#onTaken = onTaken
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#wake?.()
  }

  /** Asks that what was pushed so far is stored; `done` is told when it is. Nothing is told once the reading has ended. */
  flush(done: () => void): void {
    this.#chunks.push({ done })
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** Ends the reading with the first error that is told; what waits is not read any more. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer | typeof FLUSH> {
    for (;;) {
      if (this.#failure) throw this.#failure
      const chunk = this.#chunks.shift()
      if (Buffer.isBuffer(chunk)) {
        this.#onTaken(chunk.length)
        yield chunk
      } else if (chunk !== undefined) {
        yield FLUSH
        // The reader asks for more when it has stored what came before.
        chunk.done()
      } else if (this.#ended) return
      else {
        // oxlint-disable-next-line no-await-in-loop -- waits for the next message
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        this.#wake = null
      }
    }
  }
}
