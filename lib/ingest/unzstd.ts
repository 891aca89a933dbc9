/**
 * Zstandard (RFC 8878), as a stream. zlib decompresses; this walks the frames and hands it one block at a time. Node's own stream ends
 * with the first frame, takes any window, and would lose up to a whole chunk of what is sound in front of damage.
 */
import { constants, createZstdDecompress } from 'node:zlib'
import type { ZstdDecompress } from 'node:zlib'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { BrokenStreamError } from './broken-stream'
import { ByteReader } from './byte-reader'

const MAGIC = 0xfd2fb528
/** Sixteen numbers in a row mark frames to be passed over; pzstd begins with one. */
const SKIPPABLE = 0x184d2a50
const MAGIC_BYTES = 4
const BLOCK_HEADER = 3
const CHECKSUM_BYTES = 4
/** What one block may hold, packed or not. */
const BLOCK_BYTES = 128 * 1024
const SKIPPED_AT_ONCE = 64 * 1024
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

function damaged(why: string): BrokenStreamError {
  return new BrokenStreamError(`the zstd stream is damaged (${why})`)
}

function cutOff(): BrokenStreamError {
  return new BrokenStreamError('the zstd stream ends before its end: the file is cut off')
}

function tooWide(window: number): AppError {
  const mib = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024).toLocaleString('en')} MiB`
  return new AppError(
    'too_large',
    `The zstd stream asks for ${mib(window)} of memory to be unpacked; at most ${mib(LIMITS.zstdWindowBytes)} are given. Compress it with a smaller window (zstd without --long)`,
  )
}

async function needed(bytes: ByteReader, count: number): Promise<Buffer> {
  const taken = await bytes.take(count)
  if (taken.length < count) throw cutOff()
  return taken
}

async function skip(bytes: ByteReader, count: number): Promise<void> {
  for (let left = count; left > 0; ) {
    // oxlint-disable-next-line no-await-in-loop -- one after another
    const piece = await bytes.some(Math.min(left, SKIPPED_AT_ONCE))
    if (piece === null) throw cutOff()
    left -= piece.length
  }
}

/** Bytes of a frame's header behind its descriptor. */
function fieldBytes(descriptor: number): number {
  const single = (descriptor & 0x20) !== 0
  const content = descriptor >> 6 === 0 ? Number(single) : 1 << (descriptor >> 6)
  return Number(!single) + content
}

/** How far back a block may reach: memory that is taken as soon as the frame begins. */
function windowOf(descriptor: number, fields: Buffer): number {
  if ((descriptor & 0x20) === 0) {
    const base = 2 ** (10 + ((fields[0] ?? 0) >> 3))
    return base + (base / 8) * ((fields[0] ?? 0) & 7)
  }
  // A frame of a single segment has the window of its content.
  switch (descriptor >> 6) {
    case 0:
      return fields[0] ?? 0
    case 1:
      return fields.readUInt16LE(0) + 256
    case 2:
      return fields.readUInt32LE(0)
    default:
      return Number(fields.readBigUInt64LE(0))
  }
}

/** One frame being decompressed, a piece at a time. Each piece is all of a block, which unpacks to 128 KiB at most. */
class Decompressing {
  readonly #zstd: ZstdDecompress
  #unpacked: Buffer[] = []
  #error: Error | null = null
  #settle: () => void = () => undefined

  constructor() {
    this.#zstd = createZstdDecompress({ chunkSize: BLOCK_BYTES, params: { [constants.ZSTD_d_windowLogMax]: Math.log2(LIMITS.zstdWindowBytes) } })
    this.#zstd.on('data', (chunk: Buffer) => void this.#unpacked.push(chunk))
    this.#zstd.on('error', (error) => {
      this.#error = error
      this.#settle()
    })
    this.#zstd.on('end', () => this.#settle())
  }

  /** Gives it a piece and waits until that is unpacked. Throws where it is damaged. */
  async give(...pieces: readonly Buffer[]): Promise<readonly Buffer[]> {
    await new Promise<void>((resolve) => {
      this.#settle = resolve
      this.#zstd.write(Buffer.concat(pieces), (error) => {
        this.#error ??= error ?? null
        resolve()
      })
    })
    if (this.#error !== null) throw damaged(this.#error.message)
    const unpacked = this.#unpacked
    this.#unpacked = []
    return unpacked
  }

  close(): void {
    this.#zstd.destroy()
  }
}

interface Block {
  readonly bytes: readonly [Buffer, Buffer]
  readonly isLast: boolean
}

async function takeBlock(bytes: ByteReader): Promise<Block> {
  const head = await needed(bytes, BLOCK_HEADER)
  const header = head.readUIntLE(0, BLOCK_HEADER)
  const type = (header >> 1) & 3
  const size = header >> 3
  if (type === RESERVED) throw damaged('a block is of no known type')
  if (size > BLOCK_BYTES) throw damaged('a block is larger than blocks are')
  return { bytes: [head, await needed(bytes, type === REPEATED ? 1 : size)], isLast: (header & 1) === 1 }
}

/** One frame, whose magic number has been taken. */
async function* frame(magic: Buffer, bytes: ByteReader): AsyncGenerator<Buffer> {
  const head = await needed(bytes, 1)
  const [descriptor = 0] = head
  if ((descriptor & 0x08) !== 0) throw damaged('a reserved bit is set')
  if ((descriptor & 3) !== 0) throw new BrokenStreamError('the zstd stream needs a dictionary, which is not known here')
  const fields = await needed(bytes, fieldBytes(descriptor))
  const window = windowOf(descriptor, fields)
  if (window > LIMITS.zstdWindowBytes) throw tooWide(window)
  const decompressing = new Decompressing()
  try {
    await decompressing.give(magic, head, fields)
    for (let isLast = false; !isLast; ) {
      const block = await takeBlock(bytes)
      yield* await decompressing.give(...block.bytes)
      isLast = block.isLast
    }
    // zlib compares it with the checksum of what it unpacked.
    if ((descriptor & 0x04) !== 0) yield* await decompressing.give(await needed(bytes, CHECKSUM_BYTES))
  } finally {
    decompressing.close()
  }
}

/**
 * Decompresses a stream of zstd frames, holding no more than a window, a block and a chunk. Throws `BrokenStreamError` where it is
 * damaged or cut off, after everything that was unpacked before, and AppError `too_large` for a window above `LIMITS.zstdWindowBytes`.
 */
export async function* unzstd(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const bytes = new ByteReader(input[Symbol.asyncIterator]())
  for (let begin = await bytes.take(MAGIC_BYTES); begin.length > 0; begin = await bytes.take(MAGIC_BYTES)) {
    if (begin.length < MAGIC_BYTES) throw cutOff()
    const magic = begin.readUInt32LE(0)
    if (isSkippable(magic)) await skip(bytes, (await needed(bytes, MAGIC_BYTES)).readUInt32LE(0))
    else if (magic === MAGIC) yield* frame(begin, bytes)
    else throw damaged('what follows is no frame of zstd')
  }
}
