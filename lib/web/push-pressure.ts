import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'

/** The part of what is held that one request holds. */
export interface HeldRequest {
  /** Counts bytes that were read. Throws `busy` when that is more than may be held: the sender comes back later. */
  hold(bytes: number): void
  release(): void
}

/**
 * What pushes hold in memory, from the first byte read until the answer. When the store falls behind, it grows, and new
 * requests are refused until it shrinks: memory stays bounded however many send.
 */
export class PushPressure {
  readonly #maxBytes: number
  readonly #maxRequests: number
  #bytes = 0
  #requests = 0

  constructor(maxBytes: number = LIMITS.pushHeldBytes, maxRequests: number = LIMITS.pushHeldRequests) {
    this.#maxBytes = maxBytes
    this.#maxRequests = maxRequests
  }

  /** Begins a request. Throws `busy` when there are too many. */
  begin(): HeldRequest {
    if (this.#requests >= this.#maxRequests || this.#bytes >= this.#maxBytes) throw this.#busy()
    this.#requests++
    let held = 0
    let released = false
    return {
      hold: (bytes) => {
        if (this.#bytes + bytes > this.#maxBytes) throw this.#busy()
        held += bytes
        this.#bytes += bytes
      },
      release: () => {
        if (released) return
        released = true
        this.#bytes -= held
        this.#requests--
      },
    }
  }

  #busy(): AppError {
    return new AppError('busy', `More is being sent than can be stored at the moment: ${this.#requests} requests with ${this.#bytes} bytes wait. Nothing of this request was taken; send it again.`)
  }
}
