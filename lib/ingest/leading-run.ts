import { HEADER_LENGTH, readHeader } from '@/lib/ecs/normalizers/auditd/header'
import { fieldReader } from '@/lib/ecs/event'
import type { EcsEvent } from '@/lib/ecs/event'
import type { Rejection } from '@/lib/ecs/normalizers/normalizer'
import { foreignFormat } from '@/lib/ecs/normalizers/foreign-format'
import { LIMITS } from '@/lib/limits'
import { nameOfFile, noEventsReason } from './name-of-file'
import type { RawRecord, RecordFormat } from './split-records'

const BRACE = 0x7b
/** A file of no more records than these without an event has each of them rejected by itself, unless it is known by sight. */
const FEW = 10
/** What is held until an event comes: then each is rejected at its place. Beyond either they are one. */
const HELD_RECORDS = 1_000
const HELD_BYTES = 1024 * 1024
/** A larger record is not parsed for what it might be. */
const LOOKED_AT = 4 * 1024 * 1024

const readTimestamp = fieldReader('@timestamp')
const readSource = fieldReader('_source.@timestamp')

/** What a record is before it is read: an event as far as can be seen, one of a format known by sight, or neither. */
type Sight = { readonly event: boolean; readonly foreign: { readonly name: string; readonly reason: string } | null }

const EVENT: Sight = { event: true, foreign: null }
const NEITHER: Sight = { event: false, foreign: null }

function sightOf({ bytes, problem }: RawRecord, isLines: boolean): Sight {
  if (bytes[0] !== BRACE) return isLines && readHeader(bytes.toString('utf8', 0, 4 * HEADER_LENGTH)) !== null ? EVENT : NEITHER
  if (problem !== null || bytes.length > LOOKED_AT) return EVENT
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    return NEITHER
  }
  const event = value as EcsEvent
  if (readTimestamp(event) !== undefined || readSource(event) !== undefined || 'took' in event) return EVENT
  return { event: false, foreign: foreignFormat(value) }
}

/**
 * Holds back the records that a stream begins with while none of them is an event. A file that is something else altogether (the
 * log of another service, YAML, a table, an image) gives one reject that names it; where an event comes, what was held is rejected
 * record by record as ever. A stream of which so many are none that it will be given up is not waited out.
 */
export class LeadingRun {
  #held: RawRecord[] = []
  #heldBytes = 0
  #count = 0
  #bytes = 0
  /** Of all records so far: undefined before the first, null when they differ or none is known. */
  #foreign: Sight['foreign'] | undefined
  #isOver = false
  /** The stream has ended or is about to be given up, and all of it is one reject. */
  isNoEvents = false

  /** Takes records of a stream and answers those that go on. */
  take(records: readonly RawRecord[], format: RecordFormat | null): readonly RawRecord[] {
    if (this.#isOver) return records
    const isLines = format === 'ndjson' || format === 'auditd'
    for (const [at, record] of records.entries()) {
      const sight = sightOf(record, isLines)
      if (sight.event) {
        this.#isOver = true
        return [...this.#release(), ...records.slice(at)]
      }
      this.#hold(record, sight)
      if (this.#count === LIMITS.rejectsOnly) {
        this.#isOver = true
        return [this.#whole(format, `None of its first ${this.#count.toLocaleString('en')}`), ...records.slice(at + 1)]
      }
    }
    return []
  }

  /** What is left at the end of a stream that brought no event. */
  end(format: RecordFormat | null): readonly RawRecord[] {
    if (this.#isOver || this.#count === 0) return []
    this.#isOver = true
    if (this.#count === 1 || (this.#count <= FEW && format !== 'json-array')) {
      if (this.#nameOf(format) === null) return this.#held
    }
    return [this.#whole(format, `None of its ${this.#count.toLocaleString('en')}`)]
  }

  #nameOf(format: RecordFormat | null): { readonly reason: string } | null {
    return this.#foreign ?? (format === 'auditd' ? null : nameOfFile(this.#head()))
  }

  /** The beginning of what is held. */
  #head(): Buffer {
    return Buffer.concat(this.#held.flatMap(({ bytes }) => [bytes, Buffer.from('\n')])).subarray(0, LIMITS.rejectBytes)
  }

  /** The stream as one reject that names what it is; else it says that none of so many is an event. */
  #whole(format: RecordFormat | null, none: string): RawRecord {
    this.isNoEvents = true
    const name = this.#nameOf(format)
    return this.#one(name === null ? { code: 'no_events', reason: noEventsReason(none, format) } : { code: this.#foreign ? 'not_read' : 'no_events', reason: name.reason })
  }

  #hold(record: RawRecord, { foreign }: Sight): void {
    this.#count++
    this.#bytes += record.size
    this.#foreign = this.#foreign === undefined || this.#foreign?.name === foreign?.name ? foreign : null
    if (this.#held.length >= HELD_RECORDS || (this.#held.length > 0 && this.#heldBytes + record.bytes.length > HELD_BYTES)) return
    // Bytes of its own: a view would hold the whole chunk that it was read with.
    this.#held.push({ ...record, bytes: Buffer.from(record.bytes) })
    this.#heldBytes += record.bytes.length
  }

  #release(): readonly RawRecord[] {
    if (this.#count <= this.#held.length) return this.#held
    const reason = `${this.#count.toLocaleString('en')} records in front of the first event are none: ${this.#foreign?.reason ?? 'neither JSON objects with @timestamp nor audit records.'}`
    return [this.#one({ code: 'no_events', reason })]
  }

  /** All of them as one. */
  #one(refusal: Rejection): RawRecord {
    const { number = 1, offset = 0 } = this.#held[0] ?? {}
    const head = this.#head()
    return { number, offset, size: Math.max(this.#bytes, head.length), bytes: head, problem: null, refusal, standsFor: this.#count }
  }
}
