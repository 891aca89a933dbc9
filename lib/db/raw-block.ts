import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'

export interface RawBlock {
  readonly codec: string
  /** Byte lengths of the records, little-endian uint32. */
  readonly index: Buffer
  readonly bytes: Buffer
}

/** Records compressed together: enough that the repeated field names cost little, few enough that one is read quickly. */
export const BLOCK_RECORDS = 128

/** Brotli's lowest level: a sixth of the bytes of a sensor's records, more than twice as fast as gzip's fastest, and it ships with every Node. */
const LEVEL = 0
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
  const bytes = brotliCompressSync(joined, {
    chunkSize: PIECE_BYTES,
    params: { [constants.BROTLI_PARAM_QUALITY]: LEVEL, [constants.BROTLI_PARAM_SIZE_HINT]: joined.length },
  })
  return bytes.length < joined.length ? { codec: 'br', index, bytes } : { codec: 'none', index, bytes: joined }
}

/** The records of a block, each byte for byte as it was packed. Throws when the block is damaged. */
export function unpackBlock(block: RawBlock): readonly Buffer[] {
  const joined = block.codec === 'br' ? brotliDecompressSync(block.bytes) : block.bytes
  const records: Buffer[] = []
  let at = 0
  for (let i = 0; i + 4 <= block.index.length; i += 4) {
    const length = block.index.readUInt32LE(i)
    records.push(joined.subarray(at, at + length))
    at += length
  }
  if (at !== joined.length) throw new Error(`event block damaged: ${joined.length} bytes where its index says ${at}`)
  return records
}
