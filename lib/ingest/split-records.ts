import type { Rejection } from '@/lib/ecs/normalizers/normalizer'
import { LIMITS } from '@/lib/limits'
import { HitsFinder } from './find-hits'
import { sniffFormat } from './sniff-format'
import type { Sniffed } from './sniff-format'

/** One record cut out of the stream. `number` is 1-based, `offset` counts bytes after decompression. */
export interface RawRecord {
  readonly number: number
  readonly offset: number
  readonly size: number
  /** The record's own bytes; of an oversized one only the beginning. */
  readonly bytes: Buffer
  readonly problem: 'too_large' | 'unterminated' | null
  /** The name its sender gave the record beside it, as the `_id` of a bulk request. */
  readonly id?: string | null
  /** Numbers of the lines it was put together from. */
  readonly lines?: readonly number[]
  /** What it is where lines of several kinds come in one stream; else it is what the stream is. */
  readonly kind?: RecordKind
  /** Why it cannot be stored, where that was seen before it was read. */
  readonly refusal?: Rejection
  /** How many records of the stream it stands for, where they are rejected as one. */
  readonly standsFor?: number
}

export type RecordKind = 'ecs' | 'auditd'

export type RecordFormat = 'ndjson' | 'json-array' | 'json' | 'search-response' | 'auditd'

const NEWLINE = 0x0a
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d])
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = new Set([0x7b, 0x5b])
const CLOSE = new Set([0x7d, 0x5d])
const COMMA = 0x2c
/** How much of the beginning is looked at to tell the format. */
const SNIFF_BYTES = 64 * 1024

/**
 * Cuts a stream of bytes into records, chunk by chunk, holding no more than one record. A record longer than
 * `LIMITS.recordBytes` is passed over to its end and answered with its beginning and the problem `too_large`; nothing
 * else is lost. Pure: `push` and `end` answer the records that became complete.
 */
export class RecordSplitter {
  format: RecordFormat | null = null
  #head: Buffer = Buffer.alloc(0)
  #pieces: Buffer[] = []
  #held = 0
  #size = 0
  #number = 0
  #offset = 0
  #start = 0
  #depth = 0
  #inString = false
  #escaped = false
  #inValue = false
  /** Of answers of a search: what finds their hits, and whether those are being read. */
  readonly #finder = new HitsFinder()
  #inHits = false
  readonly #limit: number
  readonly #accept: (format: RecordFormat) => RecordFormat

  /** `told` says what the records are when the sender knows: then lines are not looked at for it. */
  constructor(limit: number = LIMITS.recordBytes, told: 'auto' | 'ecs' | 'auditd' = 'auto') {
    this.#limit = limit
    this.#accept = (format) => (told === 'auditd' ? 'auditd' : told === 'ecs' && format === 'auditd' ? 'ndjson' : format)
  }

  /** Objects among answers of a search that had no hits: what they say is not kept. */
  get answersWithoutHits(): number {
    return this.#finder.without
  }

  push(chunk: Buffer): RawRecord[] {
    if (this.format !== null) return this.#split(chunk)
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk])
    this.#stripMark()
    const sniffed = sniffFormat(this.#head, this.#head.length >= SNIFF_BYTES)
    return sniffed === null ? [] : this.#begin(sniffed)
  }

  end(): RawRecord[] {
    const records: RawRecord[] = []
    if (this.format === null) {
      this.#stripMark()
      records.push(...this.#begin(sniffFormat(this.#head, true) ?? { format: 'ndjson', odd: 0 }))
    }
    if (this.#size > 0) {
      const record = this.#take(this.#isLines ? null : 'unterminated')
      if (record) records.push(record)
    }
    return records
  }

  /** The lines that tell nothing are records of their own; what is not read line by line begins behind them. */
  #begin({ format, odd }: Sniffed): RawRecord[] {
    const head = this.#head
    this.#head = Buffer.alloc(0)
    this.format = this.#accept(format)
    if (odd === 0 || this.#isLines) return this.#split(head)
    return [...this.#splitLines(head.subarray(0, odd)), ...this.#split(head.subarray(odd))]
  }

  #stripMark(): void {
    if (this.#offset === 0 && this.#head.length >= 3 && this.#head[0] === 0xef && this.#head[1] === 0xbb && this.#head[2] === 0xbf) {
      this.#head = this.#head.subarray(3)
      this.#offset = 3
    }
  }

  get #isLines(): boolean {
    return this.format === 'ndjson' || this.format === 'auditd'
  }

  #split(chunk: Buffer): RawRecord[] {
    if (this.#isLines) return this.#splitLines(chunk)
    const records: RawRecord[] = []
    if (this.format === 'search-response') this.#splitAnswers(chunk, records)
    else this.#splitValues(chunk, records)
    return records
  }

  #splitAnswers(chunk: Buffer, records: RawRecord[]): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#inHits) {
        at += this.#splitValues(chunk.subarray(at), records)
        // The array has ended.
        this.#inHits = this.#depth > 0
        continue
      }
      const behind = this.#finder.find(chunk, at)
      const to = behind === -1 ? chunk.length : behind
      this.#offset += to - at
      at = to
      if (behind === -1) continue
      this.#inHits = true
      this.#depth = 1
    }
  }

  #splitLines(chunk: Buffer): RawRecord[] {
    const records: RawRecord[] = []
    let from = 0
    for (let newline = chunk.indexOf(NEWLINE); newline !== -1; newline = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, newline))
      const record = this.#take(null)
      if (record) records.push(record)
      this.#offset++
      from = newline + 1
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from))
    return records
  }

  /**
   * Elements of an array, or values one after another: the brackets are counted outside strings. Answers how many bytes were read: all,
   * but of hits, which end with their array.
   */
  #splitValues(chunk: Buffer, records: RawRecord[]): number {
    const isHits = this.format === 'search-response'
    const base = isHits || this.format === 'json-array' ? 1 : 0
    let from = 0
    const skip = (to: number): void => {
      this.#offset += to - from
      from = to
    }
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i] ?? 0
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (c === BACKSLASH) this.#escaped = true
        else if (c === QUOTE) this.#inString = false
        continue
      }
      const separator = this.#depth <= base && (c === COMMA || SPACE.has(c) || (this.#depth === base && base === 1 && c === 0x5d))
      if (!this.#inValue) {
        if (this.#depth < base && c === 0x5b) {
          this.#depth++
          skip(i + 1)
          continue
        }
        if (separator) {
          if (c === 0x5d) this.#depth = 0
          skip(i + 1)
          if (c === 0x5d && isHits) return i + 1
          continue
        }
        skip(i)
        this.#inValue = true
      }
      if (c === QUOTE) this.#inString = true
      else if (OPEN.has(c)) this.#depth++
      else if (CLOSE.has(c)) {
        if (this.#depth > base) this.#depth--
        if (this.#depth === base) {
          // The closing bracket of a value, or of the whole array right behind a bare word.
          if (base === 1 && c === 0x5d && !this.#startsWithOpen(chunk, from)) {
            this.#finish(chunk, from, i, records)
            from = i
            this.#depth = 0
            skip(i + 1)
            if (isHits) return i + 1
          } else {
            this.#finish(chunk, from, i + 1, records)
            from = i + 1
          }
          continue
        }
      }
      if (separator && this.#depth === base) {
        this.#finish(chunk, from, i, records)
        from = i
        skip(i + 1)
      }
    }
    if (this.#inValue) this.#keep(chunk.subarray(from))
    else skip(chunk.length)
    return chunk.length
  }

  #startsWithOpen(chunk: Buffer, from: number): boolean {
    const first = this.#pieces[0]?.[0] ?? chunk[from] ?? 0
    return OPEN.has(first)
  }

  #finish(chunk: Buffer, from: number, to: number, records: RawRecord[]): void {
    this.#keep(chunk.subarray(from, to))
    this.#inValue = false
    const record = this.#take(null)
    if (record) records.push(record)
  }

  #keep(bytes: Buffer): void {
    if (this.#size === 0) this.#start = this.#offset
    this.#offset += bytes.length
    this.#size += bytes.length
    // Past the cap only the beginning is kept, to show what was rejected.
    const room = this.#limit + 1 - this.#held
    if (room <= 0 || bytes.length === 0) return
    const piece = bytes.length <= room ? bytes : bytes.subarray(0, room)
    this.#pieces.push(piece)
    this.#held += piece.length
  }

  #take(problem: RawRecord['problem']): RawRecord | null {
    const bytes = this.#pieces.length === 1 ? (this.#pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pieces)
    const size = this.#size
    const tooLarge = size > this.#limit
    this.#pieces = []
    this.#held = 0
    this.#size = 0
    let end = bytes.length
    if (!tooLarge) while (end > 0 && SPACE.has(bytes[end - 1] ?? 0)) end--
    let begin = 0
    while (begin < end && SPACE.has(bytes[begin] ?? 0)) begin++
    if (begin === end) return null
    this.#number++
    return {
      number: this.#number,
      offset: this.#start + begin,
      size: tooLarge ? size : end - begin,
      bytes: tooLarge ? bytes.subarray(0, LIMITS.rejectBytes) : bytes.subarray(begin, end),
      problem: tooLarge ? 'too_large' : problem,
    }
  }
}
