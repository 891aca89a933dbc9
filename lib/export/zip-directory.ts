import type { ByteSource } from './byte-source'
import {
  ATTRIBUTES, DEFLATED, DIRECTORY_BYTES, DIRECTORY_SIGNATURE, DOS_DATE, DOS_TIME, END_BYTES, END_SIGNATURE, endRecord, MADE_BY, NAMES_UTF8, NEEDED, SIZES_FOLLOW,
  STORED,
} from './zip-format'
import type { ZipFacts } from './zip-format'

/** What the directory of a ZIP says of one entry, and all in it that no export has. */
export interface DirectoryEntry extends ZipFacts {
  readonly text: string
  readonly attributes: number
  readonly encrypted: boolean
  readonly oddities: readonly string[]
}

export interface Directory {
  readonly entries: readonly DirectoryEntry[]
  /** Where the directory begins: entries end there. */
  readonly start: number
  readonly damage: readonly string[]
  readonly tooLarge: string | null
}

const LONGEST_COMMENT = 0xffff
const ENCRYPTED = 0x0001
const ZIP64 = 0xffffffff
const ZIP64_LOCATOR = 0x07064b50
const ZIP64_LOCATOR_BYTES = 20
const UNICODE_PATH = 0x7075
/** An entry with the longest name an export has; longer ones are read as long as all together stay below this. */
const ENTRY_BYTES = 1024

const hex = (value: number, digits = 4) => `0x${value.toString(16).padStart(digits, '0')}`

/** The extra fields of a record, named by what they are for. */
export function extraFields(extra: Buffer): readonly string[] {
  const found: string[] = []
  let at = 0
  for (; at + 4 <= extra.length; ) {
    const id = extra.readUInt16LE(at)
    const length = extra.readUInt16LE(at + 2)
    const value = extra.subarray(at + 4, at + 4 + length)
    if (id === UNICODE_PATH) found.push(`a Unicode path field that names it ${value.subarray(5).toString('utf8').slice(0, 240)}`)
    else found.push(id === 0x0001 ? 'a ZIP64 field' : `an extra field ${hex(id)} of ${value.length} bytes`)
    at += 4 + length
  }
  if (at < extra.length) found.push(`${extra.length - at} bytes of extra fields that are none`)
  return found
}

/** The fields of a directory record that are not those of an export, in words. */
function oddities(record: Buffer, extra: Buffer, comment: Buffer): readonly string[] {
  const field = (at: number) => record.readUInt16LE(at)
  const found = [...extraFields(extra)]
  if (comment.length > 0) found.push(`a comment of ${comment.length} bytes`)
  if (field(4) !== MADE_BY) found.push(`made by ${hex(field(4))}`)
  if (field(6) !== NEEDED) found.push(`version ${hex(field(6))} needed`)
  if ((field(8) & ~SIZES_FOLLOW) !== NAMES_UTF8) found.push(`flags ${hex(field(8))}`)
  if (field(10) !== STORED && field(10) !== DEFLATED) found.push(`compression method ${field(10)}`)
  if (field(12) !== DOS_TIME || field(14) !== DOS_DATE) found.push(`a time of its own (${hex(field(14))} ${hex(field(12))})`)
  if (field(34) !== 0) found.push(`disk ${field(34)}`)
  if (field(36) !== 0) found.push(`internal attributes ${hex(field(36))}`)
  if (record.readUInt32LE(38) !== ATTRIBUTES) found.push(`attributes ${hex(record.readUInt32LE(38), 8)}`)
  return found
}

function parseRecord(bytes: Buffer, at: number, shift: number): { readonly entry: DirectoryEntry; readonly next: number } | null {
  if (at + DIRECTORY_BYTES > bytes.length || bytes.readUInt32LE(at) !== DIRECTORY_SIGNATURE) return null
  const nameEnd = at + DIRECTORY_BYTES + bytes.readUInt16LE(at + 28)
  const extraEnd = nameEnd + bytes.readUInt16LE(at + 30)
  const next = extraEnd + bytes.readUInt16LE(at + 32)
  if (next > bytes.length) return null
  const record = bytes.subarray(at, at + DIRECTORY_BYTES)
  const name = bytes.subarray(at + DIRECTORY_BYTES, nameEnd)
  const flags = record.readUInt16LE(8)
  const entry: DirectoryEntry = {
    name,
    text: name.toString('utf8'),
    method: record.readUInt16LE(10),
    sizesFollow: (flags & SIZES_FOLLOW) !== 0,
    encrypted: (flags & ENCRYPTED) !== 0,
    crc32: record.readUInt32LE(16),
    packedBytes: record.readUInt32LE(20),
    bytes: record.readUInt32LE(24),
    attributes: record.readUInt32LE(38),
    offset: record.readUInt32LE(42) + shift,
    oddities: oddities(record, bytes.subarray(nameEnd, extraEnd), bytes.subarray(extraEnd, next)),
  }
  return { entry, next }
}

/** The last end record that a reader would find; an export's stands at the very end. */
async function findEnd(source: ByteSource): Promise<{ readonly at: number; readonly record: Buffer; readonly behind: number } | null> {
  const from = Math.max(0, source.size - END_BYTES - LONGEST_COMMENT)
  const tail = await source.read(from, source.size - from)
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END_SIGNATURE) return { at: from + at, record: tail.subarray(at, at + END_BYTES), behind: tail.length - at - END_BYTES }
  }
  return null
}

/**
 * Reads the directory of a ZIP as far as it can be made out, and names everything in it that an export does not have.
 * `most` is how many entries are read.
 */
export async function readDirectory(source: ByteSource, most: number): Promise<Directory> {
  const damage: string[] = []
  const end = await findEnd(source)
  if (!end) return { entries: [], start: 0, damage: ['it has no end record: it was cut off, or is no ZIP'], tooLarge: null }
  const count = end.record.readUInt16LE(10)
  const bytes = end.record.readUInt32LE(12)
  const offset = end.record.readUInt32LE(16)
  const comment = end.record.readUInt16LE(20)
  if (comment > 0) damage.push(`its end record announces a comment of ${comment} bytes`)
  if (end.behind > 0) damage.push(`${end.behind} bytes stand behind its end record`)
  if (!end.record.equals(endRecord(count, bytes, offset)) && comment === 0) damage.push('its end record speaks of several disks or of two numbers of entries')
  const locator = await source.read(Math.max(0, end.at - ZIP64_LOCATOR_BYTES), 4)
  if (locator.length === 4 && locator.readUInt32LE(0) === ZIP64_LOCATOR) damage.push('it has the end records of a ZIP64')
  if (bytes === ZIP64 || offset === ZIP64) return { entries: [], start: 0, damage: [...damage, 'its directory stands where a ZIP64 says'], tooLarge: null }
  if (count > most) return { entries: [], start: 0, damage, tooLarge: `it has ${count} entries; at most ${most} are read` }
  if (bytes > most * ENTRY_BYTES) return { entries: [], start: 0, damage, tooLarge: `its directory has ${bytes} bytes; at most ${most * ENTRY_BYTES} are read` }
  // What was put in front of a ZIP moves it: readers then take its directory to end where the end record begins.
  const shift = end.at - bytes - offset
  if (shift < 0) return { entries: [], start: 0, damage: [...damage, 'its directory would reach beyond its end record'], tooLarge: null }
  if (shift > 0) damage.push(`${shift} bytes stand in front of it or of its end record, which belong to no file`)
  const atOffset = await source.read(offset, 4)
  const moved = shift > 0 && !(atOffset.length === 4 && atOffset.readUInt32LE(0) === DIRECTORY_SIGNATURE)
  const start = offset + (moved ? shift : 0)
  const directory = await source.read(start, bytes)
  const entries: DirectoryEntry[] = []
  let at = 0
  while (at < directory.length) {
    const parsed = parseRecord(directory, at, moved ? shift : 0)
    if (!parsed) break
    entries.push(parsed.entry)
    at = parsed.next
    if (entries.length > most) return { entries: [], start, damage, tooLarge: `it has more than ${most} entries` }
  }
  if (at < directory.length) damage.push(`${directory.length - at} bytes of its directory belong to no entry`)
  if (entries.length !== count) damage.push(`its end record counts ${count} entries; its directory has ${entries.length}`)
  return { entries, start, damage, tooLarge: null }
}
