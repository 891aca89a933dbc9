import { brotliDecompressSync, constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { AppError } from '@/lib/errors'

export interface RawBlock {
  /** `zstd`, or `none` where that would not make it smaller; `br` in blocks of earlier versions. */
  readonly codec: string
  /** Byte lengths of the records, little-endian uint32. */
  readonly index: Buffer
  readonly bytes: Buffer
}

/** Records compressed together: enough that the repeated field names cost little, few enough that one is read quickly. */
export const BLOCK_RECORDS = 128

/** An eighth of the bytes of a sensor's records. Levels below take no less time, those above pack hardly smaller. */
const LEVEL = 1
/** What a block usually shrinks to fits into one piece; each further one is another call. */
const PIECE_BYTES = 64 * 1024

export function packBlock(records: readonly Buffer[]): RawBlock {
  return pack(records.map((record) => record.length), Buffer.concat(records))
}

/** Records that lie one behind the other already, as those of a batch without duplicates do; `ends` says where each of them ends. */
export function packInPlace(bytes: Uint8Array<ArrayBuffer>, ends: Uint32Array, from: number, end: number): RawBlock {
  const starts = (at: number): number => (at === 0 ? 0 : (ends[at - 1] ?? 0))
  const lengths: number[] = []
  for (let at = from; at < end; at++) lengths.push((ends[at] ?? 0) - starts(at))
  return pack(lengths, Buffer.from(bytes.buffer, bytes.byteOffset + starts(from), starts(end) - starts(from)))
}

function pack(lengths: readonly number[], joined: Buffer): RawBlock {
  const index = Buffer.alloc(lengths.length * 4)
  for (const [i, length] of lengths.entries()) index.writeUInt32LE(length, i * 4)
  const bytes = zstdCompressSync(joined, {
    chunkSize: PIECE_BYTES,
    // With a checksum a changed bit is noticed when the block is read, not taken for what a sensor said.
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  })
  return bytes.length < joined.length ? { codec: 'zstd', index, bytes } : { codec: 'none', index, bytes: joined }
}

function damaged(id: number, what: string): AppError {
  return new AppError('damaged', `Block ${id} of stored records is damaged (${what}), so what is in it cannot be read. linklocal doctor lists what is damaged; restore a backup into another data directory.`)
}

function unpackBytes(id: number, { codec, bytes }: RawBlock): Buffer {
  if (codec === 'none') return bytes
  if (codec !== 'zstd' && codec !== 'br') throw damaged(id, `it says to be packed as ${codec}`)
  try {
    return codec === 'zstd' ? zstdDecompressSync(bytes) : brotliDecompressSync(bytes)
  } catch {
    throw damaged(id, 'its bytes cannot be unpacked')
  }
}

/** The records of a block, each byte for byte as it was packed. Throws AppError `damaged`, which names the block. */
export function unpackBlock(id: number, block: RawBlock): readonly Buffer[] {
  const joined = unpackBytes(id, block)
  const records: Buffer[] = []
  let at = 0
  for (let i = 0; i + 4 <= block.index.length; i += 4) {
    const length = block.index.readUInt32LE(i)
    records.push(joined.subarray(at, at + length))
    at += length
  }
  if (at !== joined.length) throw damaged(id, `it has ${joined.length} bytes where its index says ${at}`)
  return records
}
