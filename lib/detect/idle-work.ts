import { Setbacks } from './setbacks'

/** One kind of work between batches. While it waits after a failure the others have their turn. */
export class IdleWork {
  readonly #step: () => boolean
  readonly #tell: (line: string) => void
  readonly #setbacks: Setbacks
  /** By the clock of the process: how long to wait is no matter of the time of day. */
  #notBefore = 0

  /** `step` does a slice and answers whether there was anything to do; `what` names it where it fails. */
  constructor(what: string, step: () => boolean, tell: (line: string) => void) {
    this.#setbacks = new Setbacks(what)
    this.#step = step
    this.#tell = tell
  }

  /** Does a slice when it is time; false when there was nothing to do, or it failed. */
  step(): boolean {
    if (performance.now() < this.#notBefore) return false
    try {
      const did = this.#step()
      this.#setbacks.over()
      return did
    } catch (error) {
      const { waitMs, line } = this.#setbacks.met(error)
      this.#notBefore = performance.now() + waitMs
      if (line !== null) this.#tell(line)
      return false
    }
  }
}
