import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'

export interface RawBlock {
  readonly codec: string
  /** Byte lengths of the records, little-endian uint32. */
  readonly index: Buffer
  readonly bytes: Buffer
}

/** Records compressed together: enough that the repeated field names cost little, few enough that one is read quickly. */
export const BLOCK_RECORDS = 128

/** Brotli's lowest level: three times the ratio of none at a speed near gzip's fastest, and it ships with every Node. */
const LEVEL = 1

export function packBlock(records: readonly Buffer[]): RawBlock {
  const index = Buffer.alloc(records.length * 4)
  records.forEach((record, i) => index.writeUInt32LE(record.length, i * 4))
  const joined = joinedInPlace(records) ?? Buffer.concat(records)
  const bytes = brotliCompressSync(joined, {
    params: { [constants.BROTLI_PARAM_QUALITY]: LEVEL, [constants.BROTLI_PARAM_SIZE_HINT]: joined.length },
  })
  return bytes.length < joined.length ? { codec: 'br', index, bytes } : { codec: 'none', index, bytes: joined }
}

/** Records that lie one behind the other in one buffer, as those of a batch without duplicates do, are joined already. */
function joinedInPlace(records: readonly Buffer[]): Buffer | null {
  const [first] = records
  if (!first) return null
  let end = first.byteOffset
  for (const record of records) {
    if (record.buffer !== first.buffer || record.byteOffset !== end) return null
    end += record.length
  }
  return Buffer.from(first.buffer, first.byteOffset, end - first.byteOffset)
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
