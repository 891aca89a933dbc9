import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { databasePath } from './paths'

const HEADER_BYTES = 32
const FRAME_BYTES = 24
const MAGIC_LITTLE = 0x377f0682
const MAGIC_BIG = 0x377f0683

type Sums = [number, number]

/** The checksum of SQLite's write-ahead log over 8-byte steps, carried on from what came before. */
function checksum(bytes: Buffer, little: boolean, [first, second]: Sums): Sums {
  let a = first
  let b = second
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    a = (a + (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)) + b) >>> 0
    b = (b + (little ? bytes.readUInt32LE(at + 4) : bytes.readUInt32BE(at + 4)) + a) >>> 0
  }
  return [a, b]
}

/**
 * Where the write-ahead log beside a database is damaged, as a sentence, or null. SQLite reads a log as far as it is whole and
 * passes over the rest without a word: right for what a kill left half written, and a loss where commits stand behind it. After
 * a power loss that can happen without anything being broken, so it is told and not refused.
 */
export function findWalDamage(dataDir: string): string | null {
  const file = `${databasePath(dataDir)}-wal`
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  try {
    return readLog(fd, file)
  } finally {
    closeSync(fd)
  }
}

function readLog(fd: number, file: string): string | null {
  const { size } = fstatSync(fd)
  if (size <= HEADER_BYTES) return null
  const header = Buffer.alloc(HEADER_BYTES)
  readSync(fd, header, 0, HEADER_BYTES, 0)
  const magic = header.readUInt32BE(0)
  const little = magic === MAGIC_LITTLE
  let sums = checksum(header.subarray(0, 24), little, [0, 0])
  const pageBytes = header.readUInt32BE(8)
  if ((!little && magic !== MAGIC_BIG) || sums[0] !== header.readUInt32BE(24) || sums[1] !== header.readUInt32BE(28)) {
    return `The head of the write-ahead log ${file} is damaged: what was committed in it is not read.`
  }
  const salts = header.subarray(16, 24)
  const frame = Buffer.alloc(FRAME_BYTES + pageBytes)
  let broken: number | null = null
  let lost = 0
  for (let at = HEADER_BYTES, number = 1; at + frame.length <= size; at += frame.length, number++) {
    readSync(fd, frame, 0, broken === null ? frame.length : FRAME_BYTES, at)
    // Frames of before the log was begun anew have other salts: behind them there is nothing to read.
    const current = frame.subarray(8, 16).equals(salts)
    if (broken === null) {
      const next = checksum(frame.subarray(FRAME_BYTES), little, checksum(frame.subarray(0, 8), little, sums))
      if (current && next[0] === frame.readUInt32BE(16) && next[1] === frame.readUInt32BE(20)) sums = next
      else broken = number
    }
    if (broken !== null && broken !== number && current && frame.readUInt32BE(4) !== 0) lost++
  }
  if (broken === null || lost === 0) return null
  return `The write-ahead log ${file} is damaged at its frame ${broken}: ${lost} ${lost === 1 ? 'commit that stands' : 'commits that stand'} behind it ${lost === 1 ? 'is' : 'are'} not read.`
}
