/**
 * gzip (RFC 1952), as a stream: the members one after another, each inflated by zlib and held to its checksum and its length. Node's
 * own `createGunzip` throws away what the call unpacked that met damage, which is all of a small file, and takes what follows the
 * last member for damage.
 */
import { crc32, createInflateRaw } from 'node:zlib'
import type { InflateRaw } from 'node:zlib'
import { BrokenStreamError } from './broken-stream'
import { ByteReader } from './byte-reader'

const MAGIC = [0x1f, 0x8b] as const
const HEADER_BYTES = 10
const TRAILER_BYTES = 8
const DEFLATE = 8
/** Bits of the header's flags: a checksum of the header, extra bytes, a name, a comment; the others are reserved. */
const FLAG = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const
/** What zlib unpacks at a time: smaller ones cost time, larger ones are lost with damage in them. */
const OUTPUT_BYTES = 256 * 1024
/**
 * What is given to zlib at a time. It grows with what was read, so that damage takes a small part of the file with it, however small the
 * file is. A piece may unpack to its thousandfold, which is held.
 */
const LEAST_PIECE = 256
const MOST_PIECE = 32 * 1024
const PIECE_PART = 32

function damaged(why: string): BrokenStreamError {
  return new BrokenStreamError(`the gzip stream is damaged (${why})`)
}

function cutOff(): BrokenStreamError {
  return new BrokenStreamError('the gzip stream ends before its end: the file is cut off')
}

async function needed(bytes: ByteReader, count: number): Promise<Buffer> {
  const taken = await bytes.take(count)
  if (taken.length < count) throw cutOff()
  return taken
}

async function skipText(bytes: ByteReader): Promise<void> {
  for (let piece = await bytes.some(MOST_PIECE); piece !== null; piece = await bytes.some(MOST_PIECE)) {
    const end = piece.indexOf(0)
    if (end < 0) continue
    bytes.giveBack(piece.length - end - 1)
    return
  }
  throw cutOff()
}

/** Passes over the header of a member, whose first two bytes have been taken. */
async function skipHeader(bytes: ByteReader): Promise<void> {
  const [method = 0, flags = 0] = await needed(bytes, HEADER_BYTES - MAGIC.length)
  if (method !== DEFLATE) throw damaged('it names a method of compression that there is not')
  if ((flags & FLAG.reserved) !== 0) throw damaged('a reserved bit is set')
  if (flags & FLAG.extra) await needed(bytes, (await needed(bytes, 2)).readUInt16LE(0))
  if (flags & FLAG.name) await skipText(bytes)
  if (flags & FLAG.comment) await skipText(bytes)
  if (flags & FLAG.headerChecksum) await needed(bytes, 2)
}

/** One member being inflated, a piece at a time. */
class Inflating {
  readonly #inflate: InflateRaw = createInflateRaw({ chunkSize: OUTPUT_BYTES })
  #unpacked: Buffer[] = []
  #settle: () => void = () => undefined
  #given = 0
  hasEnded = false
  error: Error | null = null

  constructor() {
    this.#inflate.on('data', (chunk: Buffer) => void this.#unpacked.push(chunk))
    this.#inflate.on('end', () => {
      this.hasEnded = true
      this.#settle()
    })
    this.#inflate.on('error', (error) => {
      this.error = error
      this.#settle()
    })
  }

  /** Gives it a piece, or null where nothing more comes, and waits until it has taken what it wants of it. */
  async give(piece: Buffer | null): Promise<void> {
    this.#given += piece?.length ?? 0
    await new Promise<void>((resolve) => {
      this.#settle = resolve
      // Of a piece in which the member ends it keeps the rest and never calls back: it says `end`.
      if (piece === null) this.#inflate.end()
      else this.#inflate.write(piece, () => resolve())
    })
  }

  /** What has been unpacked since it was asked last. */
  unpacked(): readonly Buffer[] {
    const chunks = this.#unpacked
    this.#unpacked = []
    return chunks
  }

  /** How many bytes of the last piece stand behind the end. */
  get left(): number {
    return this.#given - this.#inflate.bytesWritten
  }

  close(): void {
    this.#inflate.destroy()
  }
}

/** The deflated part of a member and the checksum and length behind it. */
async function* member(bytes: ByteReader): AsyncGenerator<Buffer> {
  const inflating = new Inflating()
  let sum = 0
  let length = 0
  try {
    while (!inflating.hasEnded) {
      const piece = await bytes.some(Math.min(MOST_PIECE, Math.max(LEAST_PIECE, Math.floor(bytes.taken / PIECE_PART))))
      await inflating.give(piece)
      for (const chunk of inflating.unpacked()) {
        sum = crc32(chunk, sum)
        length += chunk.length
        yield chunk
      }
      if (inflating.error !== null) throw piece === null ? cutOff() : damaged(inflating.error.message)
      if (inflating.hasEnded) bytes.giveBack(inflating.left)
    }
  } finally {
    inflating.close()
  }
  const trailer = await needed(bytes, TRAILER_BYTES)
  if (trailer.readUInt32LE(0) !== sum) throw damaged('its checksum is that of other bytes: what was read of it may be wrong')
  if (trailer.readUInt32LE(4) !== length % 2 ** 32) throw damaged('its length is another one: what was read of it may be wrong')
}

/** Reads to the end and answers how many bytes there were, unless all of them are zeros, which pad files on tapes and disks. */
async function countTrailing(begin: Buffer, bytes: ByteReader): Promise<number> {
  let count = 0
  let isPadding = true
  for (let piece: Buffer | null = begin; piece !== null; piece = await bytes.some(Number.MAX_SAFE_INTEGER)) {
    count += piece.length
    isPadding &&= piece.every((byte) => byte === 0)
  }
  return isPadding ? 0 : count
}

/**
 * Decompresses a stream of gzip members, holding no more than one piece unpacked. What follows the last of them and is no other one is
 * passed over and noted, as gzip itself does. Throws `BrokenStreamError` where a member is damaged or cut off, after everything that
 * was unpacked before, but for what the last piece unpacks to: a small part of it, and at most 256 KiB.
 */
export async function* gunzip(input: AsyncIterable<Buffer>, note: (text: string) => void): AsyncGenerator<Buffer> {
  const bytes = new ByteReader(input[Symbol.asyncIterator]())
  let next = await bytes.take(MAGIC.length)
  do {
    await skipHeader(bytes)
    yield* member(bytes)
    next = await bytes.take(MAGIC.length)
  } while (next[0] === MAGIC[0] && next[1] === MAGIC[1])
  const trailing = await countTrailing(next, bytes)
  if (trailing > 0) note(`${trailing.toLocaleString('en')} ${trailing === 1 ? 'byte' : 'bytes'} behind the end of the gzip stream are not part of it and were passed over.`)
}
