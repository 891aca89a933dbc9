import { createHash } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { openSource } from './byte-source'
import type { ByteSource } from './byte-source'
import { extraFields, readDirectory } from './zip-directory'
import type { DirectoryEntry } from './zip-directory'
import { dataDescriptor, DEFLATED, LOCAL_BYTES, LOCAL_SIGNATURE, localHeader, STORED } from './zip-format'

/** What one entry of a ZIP turned out to be; its bytes are hashed and forgotten. */
export interface ReadEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  readonly bytes: number
  readonly stored: boolean
  readonly sha256: string | null
  /** Of the bytes as they stand in the ZIP. */
  readonly packedSha256: string | null
  /** Why it could not be read, or what it carries that no file of an export does; or null. */
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

function kindOf({ attributes, text }: DirectoryEntry): ReadEntry['kind'] {
  const type = (attributes >>> 16) & UNIX_TYPE
  if (type !== 0 && type !== UNIX_FILE && type !== UNIX_FOLDER) return 'other'
  return text.endsWith('/') ? 'folder' : 'file'
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

interface Frame {
  /** Where its bytes begin, and where the next entry must; null when there is no header. */
  readonly data: number | null
  readonly end: number
  readonly oddities: readonly string[]
}

/** The header in front of an entry's bytes and what stands behind them, held against what the directory says. */
async function readFrame(source: ByteSource, entry: DirectoryEntry): Promise<Frame> {
  const header = await source.read(entry.offset, LOCAL_BYTES)
  if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL_SIGNATURE) return { data: null, end: entry.offset, oddities: ['no header stands in front of its bytes'] }
  const nameBytes = header.readUInt16LE(26)
  const extraBytes = header.readUInt16LE(28)
  const variable = await source.read(entry.offset + LOCAL_BYTES, nameBytes + extraBytes)
  const found: string[] = []
  if (!variable.subarray(0, nameBytes).equals(entry.name)) found.push('it has another name in front of its bytes than in the directory')
  if (extraBytes > 0) found.push(...extraFields(variable.subarray(nameBytes)).map((field) => `${field} in front of its bytes`))
  if (found.length === 0 && !Buffer.concat([header, variable]).equals(localHeader(entry))) found.push('the header in front of its bytes differs from the directory')
  const data = entry.offset + LOCAL_BYTES + nameBytes + extraBytes
  const descriptor = dataDescriptor(entry)
  const behind = data + entry.packedBytes
  if (!(await source.read(behind, descriptor.length)).equals(descriptor)) found.push('the sizes behind its bytes differ from the directory')
  return { data, end: behind + descriptor.length, oddities: found }
}

interface Contents {
  readonly sha256: string | null
  readonly packedSha256: string | null
  readonly held: Buffer | null
  readonly oddities: readonly string[]
}

async function readContents(source: ByteSource, entry: DirectoryEntry, data: number, hold: boolean): Promise<Contents> {
  const hash = createHash('sha256')
  const packedHash = createHash('sha256')
  const chunks: Buffer[] = []
  let crc = 0
  let bytes = 0
  const found: string[] = []
  async function* packed(): AsyncGenerator<Buffer> {
    for await (const chunk of source.stream(data, entry.packedBytes)) {
      packedHash.update(chunk)
      yield chunk
    }
  }
  const inflate = entry.method === DEFLATED ? createInflateRaw() : null
  // The loop below meets every error, as the stream's own.
  if (inflate) pipeline(Readable.from(packed(), { objectMode: false }), inflate, () => undefined)
  try {
    for await (const chunk of (inflate ?? packed()) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      crc = crc32(chunk, crc)
      bytes += chunk.length
      if (bytes > entry.bytes) return { sha256: null, packedSha256: null, held: null, oddities: ['it unpacks to more than the directory says'] }
      if (hold) chunks.push(chunk)
    }
  } catch (error) {
    return { sha256: null, packedSha256: null, held: null, oddities: [reason(error)] }
  }
  // zlib stops at the end of its stream and passes over whatever stands behind it.
  const consumed = inflate ? inflate.bytesWritten : bytes
  if (consumed !== entry.packedBytes) found.push(`${entry.packedBytes - consumed} bytes stand behind the end of its compressed bytes`)
  if (bytes !== entry.bytes) found.push(`it unpacks to ${bytes} bytes; the directory says ${entry.bytes}`)
  if (crc !== entry.crc32) found.push('its bytes do not fit the checksum in the ZIP')
  return { sha256: hash.digest('hex'), packedSha256: packedHash.digest('hex'), held: hold ? Buffer.concat(chunks) : null, oddities: found }
}

async function readEntry(source: ByteSource, entry: DirectoryEntry, frame: Frame, limit: number, hold: boolean, heldBytes: number): Promise<ReadEntry> {
  const oddities = [...entry.oddities, ...frame.oddities]
  let contents: Contents = { sha256: null, packedSha256: null, held: null, oddities: [] }
  if (entry.encrypted) oddities.push('it is encrypted')
  else if (frame.data === null || (entry.method !== STORED && entry.method !== DEFLATED)) {
    // Said already: there is nothing that could be read.
  } else if (frame.data + entry.packedBytes > limit) oddities.push('its bytes would reach into the directory')
  else if (hold && entry.bytes > heldBytes) oddities.push('it is larger than any manifest')
  else contents = await readContents(source, entry, frame.data, hold)
  oddities.push(...contents.oddities)
  return {
    name: entry.text,
    kind: kindOf(entry),
    bytes: entry.bytes,
    stored: entry.method === STORED,
    sha256: contents.sha256,
    packedSha256: contents.packedSha256,
    held: contents.held,
    damage: oddities.length === 0 ? null : oddities.join('; '),
  }
}

/**
 * Reads every entry of a ZIP without writing anything to disk: names as they are (nothing is resolved), digests, and whether
 * each byte outside of the files is the one that an export has there. Bytes that belong to no entry, fields that an export
 * does not have and what is said twice in two ways count as damage: nothing may travel unseen.
 */
export async function readZip(from: string | Buffer, hold: (name: string) => boolean, limits: ReadLimits): Promise<ReadOutcome> {
  const source = await openSource(from)
  try {
    const { entries: listed, start, damage: found, tooLarge } = await readDirectory(source, limits.entries)
    const damage = [...found]
    if (tooLarge !== null) return { entries: [], damage, tooLarge }
    const entries: ReadEntry[] = []
    const spans: { readonly start: number; readonly end: number }[] = []
    let total = 0
    for (const entry of listed) {
      total += entry.bytes
      if (total > limits.bytes) return { entries, damage, tooLarge: `unpacked it would have more than ${limits.bytes} bytes` }
      const frame = await readFrame(source, entry)
      spans.push({ start: entry.offset, end: frame.end })
      entries.push(await readEntry(source, entry, frame, start, hold(entry.text), limits.heldBytes))
    }
    if (listed.length > 0) damage.push(...unseenBytes(spans, start))
    return { entries, damage, tooLarge: null }
  } finally {
    await source.close()
  }
}

/** Bytes before the first entry, between two, or between the last and the directory; entries out of their order. */
function unseenBytes(spans: readonly { readonly start: number; readonly end: number }[], directory: number): readonly string[] {
  const found: string[] = []
  const sorted = [...spans].sort((a, b) => a.start - b.start)
  if (sorted.some((span, at) => span !== spans[at])) found.push('its files stand in another order than in the directory')
  let expected = 0
  for (const { start, end } of [...sorted, { start: directory, end: directory }]) {
    if (start < expected) found.push('two of its files share bytes')
    else if (start > expected) found.push(`${start - expected} bytes at ${expected} belong to no file`)
    expected = end
  }
  return found
}
