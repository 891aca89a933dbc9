import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'

/** The part of what is held that one request holds. */
export interface HeldRequest {
  /** Counts bytes that were read. Throws `busy` when that is more than may be held: the sender comes back later. */
  hold(bytes: number): void
  release(): void
}

interface Holding {
  bytes: number
  requests: number
}

/**
 * What pushes hold in memory, from the first byte read until the answer. When the store falls behind, it grows, and new
 * requests are refused until it shrinks: memory stays bounded however many send. Each sender may hold half of what the others
 * leave, so that one that sends too much, or never ends what it sends, is refused while the others go on.
 */
export class PushPressure {
  readonly #maxBytes: number
  readonly #maxRequests: number
  #bytes = 0
  #requests = 0
  readonly #senders = new Map<string, Holding>()

  constructor(maxBytes: number = LIMITS.pushHeldBytes, maxRequests: number = LIMITS.pushHeldRequests) {
    this.#maxBytes = maxBytes
    this.#maxRequests = maxRequests
  }

  /** Begins a request of a sender. Throws `busy` when there are too many. */
  begin(sender: string): HeldRequest {
    const own = this.#senders.get(sender) ?? { bytes: 0, requests: 0 }
    const requests = Math.ceil((this.#maxRequests - this.#requests + own.requests) / 2)
    if (own.requests >= requests || own.bytes >= this.#share(own)) throw this.#busy(own)
    this.#senders.set(sender, own)
    own.requests++
    this.#requests++
    let held = 0
    let released = false
    return {
      hold: (bytes) => {
        if (own.bytes + bytes > this.#share(own)) throw this.#busy(own)
        held += bytes
        own.bytes += bytes
        this.#bytes += bytes
      },
      release: () => {
        if (released) return
        released = true
        own.bytes -= held
        own.requests--
        this.#bytes -= held
        this.#requests--
        if (own.requests === 0) this.#senders.delete(sender)
      },
    }
  }

  /** Bytes that a sender may hold: half of what the others leave. */
  #share({ bytes }: Holding): number {
    return Math.ceil((this.#maxBytes - this.#bytes + bytes) / 2)
  }

  #busy({ requests, bytes }: Holding): AppError {
    return new AppError(
      'busy',
      `More is being sent than can be stored at the moment: ${requests} requests with ${bytes} bytes of this sender wait, of ${this.#requests} with ${this.#bytes}. Nothing of this request was taken; send it again.`,
    )
  }
}
