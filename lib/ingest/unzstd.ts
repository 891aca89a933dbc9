/**
 * Zstandard (RFC 8878), as a stream. The decompression itself is fzstd's; this walks the frames and hands it one block at a
 * time. Given more, fzstd holds all that unpacks from it at once: of a few kilobytes of repeated bytes that is gigabytes. It also
 * passes over the frames' checksums, so that a flipped bit would be stored as what a sensor said.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Decompress } from 'fzstd'
import loadXxhash from 'xxhash-wasm'
import type { XXHash, XXHashAPI } from 'xxhash-wasm'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { BrokenStreamError } from './broken-stream'

const MAGIC = 0xfd2fb528
/** Sixteen numbers in a row mark frames to be passed over; pzstd begins with one. */
const SKIPPABLE = 0x184d2a50
const MAGIC_BYTES = 4
const BLOCK_HEADER = 3
const CHECKSUM_BYTES = 4
/** What one block may hold, packed or not. */
const BLOCK_BYTES = 128 * 1024
/** What is unpacked before others in the thread have their turn: one chunk may hold gigabytes of repeated bytes. */
const TURN_BYTES = 8 * 1024 * 1024
const REPEATED = 1
const RESERVED = 3

function isSkippable(magic: number): boolean {
  return (magic & 0xfffffff0) >>> 0 === SKIPPABLE
}

/** Whether a stream begins as zstd does. */
export function startsLikeZstd(head: Buffer): boolean {
  if (head.length < MAGIC_BYTES) return false
  const magic = head.readUInt32LE(0)
  return magic === MAGIC || isSkippable(magic)
}

interface FrameHeader {
  readonly size: number
  readonly checksum: boolean
  /** How far back a block may reach: memory that is taken as soon as the frame begins. */
  readonly window: number
}

/** Bytes of a frame's header after its magic number, told by the first of them. */
function headerSize(descriptor: number): number {
  const single = (descriptor & 0x20) !== 0
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0
  const content = descriptor >> 6 === 0 ? Number(single) : 1 << (descriptor >> 6)
  return 1 + Number(!single) + dictionary + content
}

function readHeader(bytes: Buffer): FrameHeader {
  const descriptor = bytes[MAGIC_BYTES] ?? 0
  if ((descriptor & 0x08) !== 0) throw damaged('a reserved bit is set')
  if ((descriptor & 3) !== 0) throw new BrokenStreamError('the zstd stream needs a dictionary, which is not known here')
  const size = MAGIC_BYTES + headerSize(descriptor)
  const checksum = (descriptor & 0x04) !== 0
  const at = MAGIC_BYTES + 1
  if ((descriptor & 0x20) === 0) {
    const base = 2 ** (10 + ((bytes[at] ?? 0) >> 3))
    return { size, checksum, window: base + (base / 8) * ((bytes[at] ?? 0) & 7) }
  }
  // A frame of a single segment has the window of its content.
  switch (descriptor >> 6) {
    case 0:
      return { size, checksum, window: bytes[at] ?? 0 }
    case 1:
      return { size, checksum, window: bytes.readUInt16LE(at) + 256 }
    case 2:
      return { size, checksum, window: bytes.readUInt32LE(at) }
    default:
      return { size, checksum, window: Number(bytes.readBigUInt64LE(at)) }
  }
}

function damaged(why: string): BrokenStreamError {
  return new BrokenStreamError(`the zstd stream is damaged (${why})`)
}

function tooWide(window: number): AppError {
  const mib = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024).toLocaleString('en')} MiB`
  return new AppError(
    'too_large',
    `The zstd stream asks for ${mib(window)} of memory to be unpacked; at most ${mib(LIMITS.zstdWindowBytes)} are given. Compress it with a smaller window (zstd without --long)`,
  )
}

/** One frame: its decoder, and the checksum over what it held. */
class Frame {
  readonly checksum: XXHash<bigint> | null
  readonly #decoder: Decompress
  #output: Buffer = Buffer.alloc(0)

  constructor(bytes: Buffer, { checksum }: FrameHeader, xxhash: XXHashAPI) {
    this.checksum = checksum ? xxhash.create64() : null
    this.#decoder = new Decompress((data) => {
      if (data.length === 0) return
      const piece = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      this.#output = this.#output.length === 0 ? piece : Buffer.concat([this.#output, piece])
    })
    this.feed(bytes, false)
  }

  feed(bytes: Buffer, last: boolean): Buffer {
    try {
      this.#decoder.push(bytes, last)
    } catch (error) {
      throw damaged(error instanceof Error ? error.message : String(error))
    }
    const output = this.#output
    this.#output = Buffer.alloc(0)
    this.checksum?.update(output)
    return output
  }
}

type Place = 'frame' | 'skip' | 'block' | 'checksum'

/** Takes the stream's bytes as they come, and answers what they hold, a block at a time. */
class FrameWalk {
  #held: Buffer = Buffer.alloc(0)
  /** What came since, while it is too little for the next step: joined once there is enough, however small the pieces are. */
  #pieces: Buffer[] = []
  #waiting = 0
  #needed = 0
  #place: Place = 'frame'
  #toSkip = 0
  #frame: Frame | null = null
  readonly #xxhash: XXHashAPI

  constructor(xxhash: XXHashAPI) {
    this.#xxhash = xxhash
  }

  end(): void {
    const between = this.#place === 'frame' && this.#held.length + this.#waiting === 0
    const skipping = this.#place === 'skip' && this.#toSkip === 0
    if (!between && !skipping) throw new BrokenStreamError('the zstd stream ends before its end: the file is cut off')
  }

  *push(chunk: Buffer): Generator<Buffer> {
    this.#pieces.push(chunk)
    this.#waiting += chunk.length
    if (this.#held.length + this.#waiting < this.#needed) return
    this.#held = Buffer.concat([this.#held, ...this.#pieces])
    this.#pieces = []
    this.#waiting = 0
    this.#needed = 0
    for (let output = this.#step(); output !== null; output = this.#step()) if (output.length > 0) yield output
  }

  /** Does what comes next; null while bytes are lacking for it. */
  #step(): Buffer | null {
    if (this.#place === 'skip') return this.#skip()
    if (this.#place === 'frame') return this.#begin()
    return this.#place === 'block' ? this.#block() : this.#check()
  }

  #take(bytes: number): Buffer | null {
    if (this.#held.length < bytes) {
      this.#needed = bytes
      return null
    }
    const taken = this.#held.subarray(0, bytes)
    this.#held = this.#held.subarray(bytes)
    return taken
  }

  #skip(): Buffer | null {
    const skipped = Math.min(this.#toSkip, this.#held.length)
    this.#held = this.#held.subarray(skipped)
    this.#toSkip -= skipped
    if (this.#toSkip > 0 || this.#held.length === 0) return null
    this.#place = 'frame'
    return this.#held.subarray(0, 0)
  }

  #begin(): Buffer | null {
    const held = this.#held
    if (held.length <= MAGIC_BYTES) return null
    const magic = held.readUInt32LE(0)
    if (isSkippable(magic)) {
      const head = this.#take(2 * MAGIC_BYTES)
      if (head === null) return null
      this.#toSkip = head.readUInt32LE(MAGIC_BYTES)
      this.#place = 'skip'
      return head.subarray(0, 0)
    }
    if (magic !== MAGIC) throw damaged('what follows is no frame of zstd')
    const bytes = this.#take(MAGIC_BYTES + headerSize(held[MAGIC_BYTES] ?? 0))
    if (bytes === null) return null
    const header = readHeader(bytes)
    if (header.window > LIMITS.zstdWindowBytes) throw tooWide(header.window)
    this.#frame = new Frame(bytes, header, this.#xxhash)
    this.#place = 'block'
    return bytes.subarray(0, 0)
  }

  #block(): Buffer | null {
    const held = this.#held
    if (held.length < BLOCK_HEADER || this.#frame === null) return null
    const header = held.readUIntLE(0, BLOCK_HEADER)
    const type = (header >> 1) & 3
    const size = header >> 3
    if (type === RESERVED) throw damaged('a block is of no known type')
    if (size > BLOCK_BYTES) throw damaged('a block is larger than blocks are')
    const bytes = this.#take(BLOCK_HEADER + (type === REPEATED ? 1 : size))
    if (bytes === null) return null
    const last = (header & 1) === 1
    if (!last) return this.#frame.feed(bytes, false)
    this.#place = this.#frame.checksum ? 'checksum' : 'frame'
    // The checksum's place is filled: with less than it the decoder takes the end for a cut.
    return this.#frame.feed(this.#frame.checksum ? Buffer.concat([bytes, Buffer.alloc(CHECKSUM_BYTES)]) : bytes, true)
  }

  #check(): Buffer | null {
    const stored = this.#take(CHECKSUM_BYTES)
    if (stored === null) return null
    // Zstd keeps the lower half of the digest.
    if (BigInt(stored.readUInt32LE(0)) !== BigInt.asUintN(32, this.#frame?.checksum?.digest() ?? 0n)) throw damaged('its checksum is that of other bytes: what was read of it may be wrong')
    this.#frame = null
    this.#place = 'frame'
    return stored.subarray(0, 0)
  }
}

/** Compiled once a thread. */
let loaded: Promise<XXHashAPI> | null = null

/**
 * Decompresses a stream of zstd frames, holding no more than a window, a block and a chunk. Throws `BrokenStreamError` where it is
 * damaged or cut off, and AppError `too_large` for a window above `LIMITS.zstdWindowBytes`.
 */
export async function* unzstd(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  loaded ??= loadXxhash()
  const walk = new FrameWalk(await loaded)
  let unpacked = 0
  for await (const chunk of input) {
    for (const output of walk.push(chunk)) {
      yield output
      unpacked += output.length
      if (unpacked < TURN_BYTES) continue
      unpacked = 0
      await nextTurn()
    }
  }
  walk.end()
}
