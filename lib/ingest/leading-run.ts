import { HEADER_LENGTH, readHeader } from '@/lib/ecs/normalizers/auditd/header'
import { fieldReader } from '@/lib/ecs/event'
import type { EcsEvent } from '@/lib/ecs/event'
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
 * record by record as ever.
 */
export class LeadingRun {
  #held: RawRecord[] = []
  #heldBytes = 0
  #count = 0
  #bytes = 0
  /** Of all records so far: undefined before the first, null when they differ or none is known. */
  #foreign: Sight['foreign'] | undefined
  #isOver = false
  /** The stream has ended, and all of it is one reject. */
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
    }
    return []
  }

  /** What is left at the end of a stream that brought no event. */
  end(format: RecordFormat | null): readonly RawRecord[] {
    if (this.#isOver || this.#count === 0) return []
    this.#isOver = true
    const head = Buffer.concat(this.#held.flatMap(({ bytes }) => [bytes, Buffer.from('\n')])).subarray(0, LIMITS.rejectBytes)
    const name = this.#foreign ?? (format === 'auditd' ? null : nameOfFile(head))
    if (name === null && (this.#count === 1 || (this.#count <= FEW && format !== 'json-array'))) return this.#held
    const whole = this.#one(head)
    this.isNoEvents = true
    if (name !== null) return [{ ...whole, refusal: { code: this.#foreign ? 'not_read' : 'no_events', reason: name.reason } }]
    return [{ ...whole, refusal: { code: 'no_events', reason: noEventsReason(this.#count, format) } }]
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
    const head = Buffer.concat(this.#held.flatMap(({ bytes }) => [bytes, Buffer.from('\n')])).subarray(0, LIMITS.rejectBytes)
    const reason = `${this.#count.toLocaleString('en')} records in front of the first event are none: ${this.#foreign?.reason ?? 'neither JSON objects with @timestamp nor audit records.'}`
    return [{ ...this.#one(head), refusal: { code: 'no_events', reason } }]
  }

  /** All of them as one. */
  #one(head: Buffer): RawRecord {
    const { number = 1, offset = 0 } = this.#held[0] ?? {}
    return { number, offset, size: Math.max(this.#bytes, head.length), bytes: head, problem: null }
  }
}
