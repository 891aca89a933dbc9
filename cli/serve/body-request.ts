import { IncomingMessage } from 'node:http'

/** What becomes of a piece of the body, or of its end (null), as it comes off the connection. False asks the connection to pause. */
export type BodyTap = (chunk: Buffer | null) => boolean

/**
 * A request whose body passes a tap before anyone can read it. Node's parser hands a body to the request by `push`; this is the
 * one place where all of it comes by, whatever reads it later and however.
 */
export class BodyRequest extends IncomingMessage {
  #tap: BodyTap | null = null
  /** Set when the body was cut off here: the connection stays until the answer is out. */
  #cut = false

  tap(tap: BodyTap | null): void {
    this.#tap = tap
  }

  /** Hands a piece on to whoever reads the body. */
  pass(chunk: Buffer | null): boolean {
    return super.push(chunk)
  }

  /** Ends the body for its reader with an error; the connection stays for the answer. What still comes is let fall. */
  cut(error: Error): void {
    this.#cut = true
    this.#tap = () => true
    // Its reader may not have begun yet, and meets the error when it does.
    this.on('error', () => undefined)
    this.destroy(error)
  }

  override push(chunk: Buffer | null): boolean {
    return this.#tap === null ? super.push(chunk) : this.#tap(chunk)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    // Node's own would destroy the connection of a body that is not at its end.
    if (this.#cut) process.nextTick(callback, error)
    else super._destroy(error, callback)
  }
}
