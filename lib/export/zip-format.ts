/**
 * The ZIP records of an export, byte for byte. Writing and verifying use the same functions: a reader that rebuilds what must
 * stand there and compares leaves no field in which something could travel unseen.
 */
export const STORED = 0
export const DEFLATED = 8

export const LOCAL_SIGNATURE = 0x04034b50
export const DIRECTORY_SIGNATURE = 0x02014b50
export const END_SIGNATURE = 0x06054b50
const DESCRIPTOR_SIGNATURE = 0x08074b50

export const LOCAL_BYTES = 30
export const DIRECTORY_BYTES = 46
export const DESCRIPTOR_BYTES = 16
export const END_BYTES = 22

/** Unix, version 6.3 of the specification. */
export const MADE_BY = 0x033f
export const NEEDED = 20
/** Names are UTF-8. */
export const NAMES_UTF8 = 0x0800
/** Checksum and sizes stand behind the bytes: they were not known when the header was written. */
export const SIZES_FOLLOW = 0x0008
/** Noon of 1 January 1980: a ZIP's time has no zone, and an unchanged case is to give the same bytes again. */
export const DOS_TIME = 0x6000
export const DOS_DATE = 0x0021
/** A regular file that its owner may write and everybody read. */
export const ATTRIBUTES = 0o100644 * 0x10000

export interface ZipFacts {
  readonly name: Buffer
  readonly method: number
  readonly sizesFollow: boolean
  readonly crc32: number
  readonly packedBytes: number
  readonly bytes: number
  /** Where its local header stands. */
  readonly offset: number
}

function flagsOf({ sizesFollow }: ZipFacts): number {
  return sizesFollow ? NAMES_UTF8 | SIZES_FOLLOW : NAMES_UTF8
}

export function localHeader(facts: ZipFacts): Buffer {
  const header = Buffer.alloc(LOCAL_BYTES)
  header.writeUInt32LE(LOCAL_SIGNATURE, 0)
  header.writeUInt16LE(NEEDED, 4)
  header.writeUInt16LE(flagsOf(facts), 6)
  header.writeUInt16LE(facts.method, 8)
  header.writeUInt16LE(DOS_TIME, 10)
  header.writeUInt16LE(DOS_DATE, 12)
  if (!facts.sizesFollow) writeSizes(header, 14, facts)
  header.writeUInt16LE(facts.name.length, 26)
  return Buffer.concat([header, facts.name])
}

/** What stands behind the bytes of a file whose header does not know its sizes; nothing behind others. */
export function dataDescriptor(facts: ZipFacts): Buffer {
  if (!facts.sizesFollow) return Buffer.alloc(0)
  const descriptor = Buffer.alloc(DESCRIPTOR_BYTES)
  descriptor.writeUInt32LE(DESCRIPTOR_SIGNATURE, 0)
  writeSizes(descriptor, 4, facts)
  return descriptor
}

export function directoryRecord(facts: ZipFacts): Buffer {
  const record = Buffer.alloc(DIRECTORY_BYTES)
  record.writeUInt32LE(DIRECTORY_SIGNATURE, 0)
  record.writeUInt16LE(MADE_BY, 4)
  record.writeUInt16LE(NEEDED, 6)
  record.writeUInt16LE(flagsOf(facts), 8)
  record.writeUInt16LE(facts.method, 10)
  record.writeUInt16LE(DOS_TIME, 12)
  record.writeUInt16LE(DOS_DATE, 14)
  writeSizes(record, 16, facts)
  record.writeUInt16LE(facts.name.length, 28)
  record.writeUInt32LE(ATTRIBUTES, 38)
  record.writeUInt32LE(facts.offset, 42)
  return Buffer.concat([record, facts.name])
}

export function endRecord(count: number, directoryBytes: number, directoryOffset: number): Buffer {
  const end = Buffer.alloc(END_BYTES)
  end.writeUInt32LE(END_SIGNATURE, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(directoryBytes, 12)
  end.writeUInt32LE(directoryOffset, 16)
  return end
}

function writeSizes(target: Buffer, at: number, facts: ZipFacts): void {
  target.writeUInt32LE(facts.crc32, at)
  target.writeUInt32LE(facts.packedBytes, at + 4)
  target.writeUInt32LE(facts.bytes, at + 8)
}
