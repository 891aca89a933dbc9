import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { fromBufferPromise, getFileNameLowLevel, openPromise } from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'

/** What one entry of a ZIP turned out to be; its bytes are hashed and forgotten. */
export interface ReadEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  readonly bytes: number
  readonly sha256: string | null
  /** Why it could not be read, or null. */
  readonly damage: string | null
  /** The bytes, for a name that `hold` asked for. */
  readonly held: Buffer | null
}

export interface ReadLimits {
  readonly entries: number
  /** Of all entries together, after decompression. */
  readonly bytes: number
  /** Of one entry that is held. */
  readonly heldBytes: number
}

export type ReadOutcome = { readonly entries: readonly ReadEntry[]; readonly tooLarge: string | null; readonly damage: readonly string[] }

const UNIX_TYPE = 0xf000
const UNIX_FILE = 0x8000
const UNIX_FOLDER = 0x4000
const SIZES_FOLLOW = 0x8
/** With and without signature, 32-bit and Zip64. */
const DESCRIPTOR_BYTES: ReadonlySet<number> = new Set([12, 16, 20, 24])
const END_BYTES = 22
const ZIP64_END_BYTES = 56 + 20 + END_BYTES

function kindOf(entry: Entry, name: string): ReadEntry['kind'] {
  const type = (entry.externalFileAttributes >>> 16) & UNIX_TYPE
  if (type !== 0 && type !== UNIX_FILE && type !== UNIX_FOLDER) return 'other'
  return name.endsWith('/') ? 'folder' : 'file'
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function readEntry(zip: ZipFile, entry: Entry, name: string, hold: boolean, limits: ReadLimits): Promise<ReadEntry> {
  const kind = kindOf(entry, name)
  const base = { name, kind, bytes: entry.uncompressedSize, sha256: null, held: null }
  if (entry.isEncrypted()) return { ...base, damage: 'it is encrypted' }
  if (hold && entry.uncompressedSize > limits.heldBytes) return { ...base, damage: 'it is larger than any manifest' }
  const hash = createHash('sha256')
  const chunks: Buffer[] = []
  let crc = 0
  try {
    const stream = await zip.openReadStreamPromise(entry)
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hash.update(chunk)
      crc = crc32(chunk, crc)
      if (hold) chunks.push(chunk)
    }
  } catch (error) {
    return { ...base, damage: reason(error) }
  }
  const damage = crc === entry.crc32 ? null : 'its bytes do not fit the checksum in the ZIP'
  return { ...base, sha256: hash.digest('hex'), damage, held: hold ? Buffer.concat(chunks) : null }
}

/**
 * Reads every entry of a ZIP without writing anything to disk: names as they are (nothing is resolved), digests, and
 * whether names, sizes and checksums agree. Bytes that belong to no entry count as damage: nothing may travel unseen.
 */
export async function readZip(source: string | Buffer, hold: (name: string) => boolean, limits: ReadLimits): Promise<ReadOutcome> {
  const entries: ReadEntry[] = []
  const damage: string[] = []
  const spans: { start: number; end: number; sizesFollow: boolean }[] = []
  let total = 0
  // Names stay raw: yauzl would give up on the first bad one, and each is to be named.
  const options = { lazyEntries: true, decodeStrings: false }
  try {
    const zip = typeof source === 'string' ? await openPromise(source, options) : await fromBufferPromise(source, options)
    if (zip.entryCount > limits.entries) {
      zip.close()
      return { entries, damage, tooLarge: `it has ${zip.entryCount} entries; at most ${limits.entries} are read` }
    }
    for await (const entry of zip.eachEntry()) {
      const raw = entry.fileNameRaw
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, true)
      total += entry.uncompressedSize
      if (total > limits.bytes) return { entries, damage, tooLarge: `unpacked it would have more than ${limits.bytes} bytes` }
      let mismatch: string | null = null
      try {
        const local = await zip.readLocalFileHeaderPromise(entry, {}) as { fileName: Buffer; fileDataStart: number }
        if (!local.fileName.equals(raw)) mismatch = 'it has another name in front of its bytes than in the directory'
        spans.push({ start: entry.relativeOffsetOfLocalHeader, end: local.fileDataStart + entry.compressedSize, sizesFollow: (entry.generalPurposeBitFlag & SIZES_FOLLOW) !== 0 })
      } catch (error) {
        mismatch = reason(error)
      }
      const read = await readEntry(zip, entry, name, hold(name), limits)
      entries.push(mismatch === null ? read : { ...read, damage: mismatch })
    }
    damage.push(...unseenBytes(spans, zip))
  } catch (error) {
    damage.push(reason(error))
  }
  return { entries, damage, tooLarge: null }
}

/** Gaps between the entries, before the first, and around the directory. */
function unseenBytes(spans: readonly { start: number; end: number; sizesFollow: boolean }[], zip: ZipFile): readonly string[] {
  const found: string[] = []
  const sorted = [...spans].sort((a, b) => a.start - b.start)
  if ((sorted[0]?.start ?? 0) !== 0) found.push(`${sorted[0]?.start ?? 0} bytes stand before its first file`)
  sorted.forEach((span, at) => {
    const next = sorted[at + 1]
    if (!next) return
    const gap = next.start - span.end
    if (gap < 0) found.push('two of its files share bytes')
    else if (gap !== 0 && !(span.sizesFollow && DESCRIPTOR_BYTES.has(gap))) found.push(`${gap} bytes between its files belong to none`)
  })
  // After the last entry was read the cursor stands at the end of the directory.
  const rest = zip.fileSize - Number(zip.readEntryCursor)
  if (rest !== END_BYTES && rest !== ZIP64_END_BYTES) found.push(`${rest - END_BYTES} bytes after its directory belong to no file`)
  return found
}
