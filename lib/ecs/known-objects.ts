/**
 * Objects that stand the same in document after document, byte for byte, as the host and the agent of a sensor do: recognised by
 * their bytes, they need not be read again, and their texts are the same strings as before. Bounded; forgetting costs a reading.
 */

interface KnownObject {
  readonly bytes: Buffer
  readonly value: Readonly<Record<string, unknown>>
  /** How deep it stood: what fits under the limit there may not fit deeper. */
  readonly depth: number
}

/** Hosts of which a file tells in turns. */
const ENTRIES = 512
/** Longer ones are read each time; shorter ones are read as quickly as they are compared. */
const MAX_BYTES = 4096
const MIN_BYTES = 48
/** Where a process or a file stands, no two are the same: after so many tries with fewer hits than this, it is no longer tried. */
const TRIES = 1024
const HITS = 256

/** The objects met in one place of the documents. */
export class KnownObjects {
  #entries: (KnownObject | undefined)[] | null = []
  #tries = 0
  #hits = 0

  /** The object that begins here, if it was met before: a whole object's bytes are followed by nothing that belongs to it. */
  find(bytes: Buffer, at: number, depth: number): KnownObject | null {
    if (this.#entries === null) return null
    if (++this.#tries === TRIES) {
      if (this.#hits < HITS) this.#entries = null
      this.#tries = 0
      this.#hits = 0
    }
    const known = this.#entries?.[slotOf(bytes, at)]
    if (known === undefined || known.depth !== depth || at + known.bytes.length > bytes.length || bytes.compare(known.bytes, 0, known.bytes.length, at, at + known.bytes.length) !== 0) return null
    this.#hits++
    return known
  }

  /** Keeps an object that was read between two places. */
  keep(bytes: Buffer, at: number, end: number, depth: number, value: Readonly<Record<string, unknown>>): void {
    if (this.#entries === null || end - at > MAX_BYTES || end - at < MIN_BYTES) return
    this.#entries[slotOf(bytes, at)] = { bytes: Buffer.from(bytes.subarray(at, end)), value, depth }
  }
}

/** Of the bytes that follow, some from where names and ids usually stand. */
function slotOf(bytes: Buffer, at: number): number {
  let hash = 0
  for (let i = at + 4; i < at + MIN_BYTES; i += 3) hash = Math.imul(hash, 31) + (bytes[i] ?? 0)
  return (hash ^ (hash >>> 9)) & (ENTRIES - 1)
}
