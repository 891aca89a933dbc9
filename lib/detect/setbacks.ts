import { thrown } from './store-messages'

/** How long to wait before trying again, and what to tell of it now; null where it was told already. */
export interface Setback {
  readonly waitMs: number
  readonly line: string | null
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 60_000
/** A full disk is looked at again as often as this, however long it lasts: whoever makes room should not have to wait. */
const FULL_WAIT_MS = 5_000

/**
 * What becomes of work that fails again and again: a fault of ours would fail the same way at the next try, and fill the log and a
 * core. The wait doubles up to a minute. A fault is told when it is met first, and again whenever it was met twice as often.
 */
export class Setbacks {
  readonly #what: string
  #kind: string | null = null
  #times = 0

  /** `what` failed, as the line says it. */
  constructor(what: string) {
    this.#what = what
  }

  /** Counts a failure. Another kind of it begins anew. */
  met(error: unknown): Setback {
    const { code, message, stack } = thrown(error)
    const full = code === 'disk_full'
    const kind = full ? code : `${code ?? ''} ${message}`
    this.#times = kind === this.#kind ? this.#times + 1 : 1
    this.#kind = kind
    if (full) return { waitMs: FULL_WAIT_MS, line: this.#times === 1 ? `linklocal: ${message}` : null }
    // Beyond this the power is past the longest wait, and after a thousand tries past what a number holds.
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#times - 1, 10))
    const seconds = (waitMs / 1000).toLocaleString('en')
    const times = this.#times === 1 ? '' : ` ${this.#times.toLocaleString('en')} times in a row`
    const telling = Number.isInteger(Math.log2(this.#times))
    return { waitMs, line: telling ? `linklocal: ${this.#what} failed${times}; next try in ${seconds} s: ${stack === '' ? message : stack}` : null }
  }

  /** The work went well. */
  over(): void {
    this.#kind = null
    this.#times = 0
  }
}
