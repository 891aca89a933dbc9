/** Bytes that come in chunks of any size, taken in the sizes that are needed. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  /** How many were taken. */
  taken = 0

  constructor(chunks: AsyncIterator<Buffer>) {
    this.#chunks = chunks
  }

  /** Up to so many bytes, at least one; null at the end. */
  async some(most: number): Promise<Buffer | null> {
    while (this.#at === this.#chunk.length) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const next = await this.#chunks.next()
      if (next.done) return null
      this.#chunk = next.value
      this.#at = 0
    }
    const bytes = this.#chunk.subarray(this.#at, this.#at + most)
    this.#at += bytes.length
    this.taken += bytes.length
    return bytes
  }

  /** So many bytes; fewer where the end comes first. */
  async take(count: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    let size = 0
    while (size < count) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const piece = await this.some(count - size)
      if (piece === null) break
      pieces.push(piece)
      size += piece.length
    }
    return Buffer.concat(pieces)
  }

  /** The last of what `some` answered was too much by so many bytes. */
  giveBack(count: number): void {
    this.#at -= count
    this.taken -= count
  }
}
