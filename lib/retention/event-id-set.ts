const CHUNK_BITS = 16
const CHUNK_BYTES = 2 ** (CHUNK_BITS - 3)

/** A set of event ids as bits: ids run without gaps, so a million of them take 128 KiB and not 40 MiB. */
export class EventIdSet {
  readonly #chunks = new Map<number, Uint8Array>()

  add(id: number): void {
    const number = Math.floor(id / 2 ** CHUNK_BITS)
    let chunk = this.#chunks.get(number)
    if (!chunk) {
      chunk = new Uint8Array(CHUNK_BYTES)
      this.#chunks.set(number, chunk)
    }
    const bit = id % 2 ** CHUNK_BITS
    chunk[bit >> 3] = (chunk[bit >> 3] ?? 0) | (1 << (bit & 7))
  }

  has(id: number): boolean {
    const bit = id % 2 ** CHUNK_BITS
    return (((this.#chunks.get(Math.floor(id / 2 ** CHUNK_BITS))?.[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1
  }
}
