import type { Lacking } from '@/lib/ecs/enrich'
import type { ToldProcess } from '@/lib/ecs/told-process'
import { LIMITS } from '@/lib/limits'
import { LineageWriter } from './lineage-columns'
import { BLOCK_RECORDS, packInPlace } from './raw-block'
import type { RawBlock } from './raw-block'

/** An event made ready to be stored: everything that costs thought has been done outside the transaction. */
export interface PreparedEvent {
  /** `IDENTITY_BYTES` long; equal identities are the same event. */
  readonly identity: Buffer
  readonly ts: number
  readonly tsNs: number
  readonly sequence: number | null
  readonly hostId: string
  readonly hostName: string
  readonly category: string | null
  readonly action: string | null
  /** `entityKey` of the process and of its parent. */
  readonly entity: number | null
  readonly parent: number | null
  readonly raw: Buffer
  readonly hits: readonly PreparedHit[]
  /** Of an event that leaves out what others may tell; null for nearly all of a sensor with entity ids. */
  readonly lineage: PreparedLineage | null
}

/** What an event leaves out, where it is looked for, and what it tells others of pids. */
export interface PreparedLineage {
  /** Null for one that only tells. */
  readonly lacking: Lacking | null
  /** All of its categories. */
  readonly categories: readonly string[]
  /** Which pids it depends on, and when (milliseconds). */
  readonly asked: readonly { readonly pid: number; readonly ms: number }[]
  readonly told: readonly ToldProcess[]
  /** It satisfies no stage of any rule, whatever is filled in: with the rules that its batch's hits were found with. */
  readonly isSettled: boolean
  /** See `standsUnderPids`. */
  readonly underPids: boolean
}

/** A stage of a rule that the event satisfies. `rule` is the row id of the rule; the key is canonical JSON. */
export interface PreparedHit {
  readonly rule: number
  readonly stage: number
  readonly key: string
}

/** A record that is kept as rejected. */
export interface PreparedReject {
  readonly record: number
  readonly offset: number
  readonly size: number
  readonly code: string
  readonly reason: string
  /** The name that its sender gave the record beside it. */
  readonly senderId: string | null
  readonly bytes: Buffer
}

/** Six bytes of time in front, so that what arrives together lies together in the index, and a digest of fourteen. */
export const IDENTITY_BYTES = 20

/**
 * Prepared events in columns: a few flat arrays that cross from one thread to another without being copied. NaN stands for
 * "none" in numbers, 0 for "none" in `category` and `action`, whose other values count from 1 into `strings`.
 */
export interface EventBatch {
  /** Which normaliser reads the records again. */
  readonly format: string
  /** Revision of the rules that `hits` were found with. */
  readonly rulesRevision: number
  readonly count: number
  readonly identity: Uint8Array<ArrayBuffer>
  readonly ts: Float64Array<ArrayBuffer>
  readonly tsNs: Int32Array<ArrayBuffer>
  readonly sequence: Float64Array<ArrayBuffer>
  readonly entity: Float64Array<ArrayBuffer>
  readonly parent: Float64Array<ArrayBuffer>
  readonly strings: readonly string[]
  readonly hostId: Uint32Array<ArrayBuffer>
  readonly hostName: Uint32Array<ArrayBuffer>
  readonly category: Uint32Array<ArrayBuffer>
  readonly action: Uint32Array<ArrayBuffer>
  /** The records one after another, and where each ends. */
  readonly raw: Uint8Array<ArrayBuffer>
  readonly rawEnd: Uint32Array<ArrayBuffer>
  readonly hits: readonly (PreparedHit & { readonly at: number })[]
  /** See `LineageReader`. */
  readonly lineages: Float64Array<ArrayBuffer>
  readonly rejects: readonly PreparedReject[]
  /** The first of its records, so many to a block, as they are stored if none of them is known yet. The store packs the others. */
  readonly blocks: readonly RawBlock[]
}

/** Where the columns of a batch begin to grow from: a push may be a handful of events. */
const FIRST_RECORDS = 64
const FIRST_BYTES = 64 * 1024

function roomFor(needed: number, had: number): number {
  return Math.max(needed, had * 2)
}

/**
 * Puts prepared events into the columns of a batch, each as it comes: an event that waited in a list to be packed would be
 * moved about by the collector meanwhile, which cost more than the packing.
 */
export class BatchPacker {
  readonly #format: string
  readonly #rulesRevision: number
  readonly #strings: string[] = []
  readonly #numbers = new Map<string, number>()
  readonly #hits: (PreparedHit & { readonly at: number })[] = []
  readonly #lineages = new LineageWriter((text) => this.#intern(text))
  readonly #rejects: PreparedReject[] = []
  #count = 0
  #bytes = 0
  #room = 0
  #identity = new Uint8Array(0)
  #ts = new Float64Array(0)
  #tsNs = new Int32Array(0)
  #sequence = new Float64Array(0)
  #entity = new Float64Array(0)
  #parent = new Float64Array(0)
  #hostId = new Uint32Array(0)
  #hostName = new Uint32Array(0)
  #category = new Uint32Array(0)
  #action = new Uint32Array(0)
  #rawEnd = new Uint32Array(0)
  #raw = new Uint8Array(0)

  /** `records` and `bytes` are what is expected; more is taken as well. */
  constructor(format: string, rulesRevision: number, records: number = FIRST_RECORDS, bytes: number = FIRST_BYTES) {
    this.#format = format
    this.#rulesRevision = rulesRevision
    this.#grow(records)
    this.#raw = new Uint8Array(bytes)
  }

  /** Records taken, rejected ones among them. */
  get records(): number {
    return this.#count + this.#rejects.length
  }

  add(event: PreparedEvent): void {
    const at = this.#count++
    if (at >= this.#room) this.#grow(roomFor(at + 1, this.#room))
    // Byte by byte: so few are copied sooner than the call for it is made.
    for (let i = 0; i < IDENTITY_BYTES; i++) this.#identity[at * IDENTITY_BYTES + i] = event.identity[i] ?? 0
    this.#ts[at] = event.ts
    this.#tsNs[at] = event.tsNs
    this.#sequence[at] = event.sequence ?? Number.NaN
    this.#entity[at] = event.entity ?? Number.NaN
    this.#parent[at] = event.parent ?? Number.NaN
    this.#hostId[at] = this.#intern(event.hostId)
    this.#hostName[at] = this.#intern(event.hostName)
    this.#category[at] = event.category === null ? 0 : this.#intern(event.category) + 1
    this.#action[at] = event.action === null ? 0 : this.#intern(event.action) + 1
    const end = this.#bytes + event.raw.length
    if (end > this.#raw.length) {
      const raw = new Uint8Array(roomFor(end, this.#raw.length))
      raw.set(this.#raw.subarray(0, this.#bytes))
      this.#raw = raw
    }
    this.#raw.set(event.raw, this.#bytes)
    this.#bytes = end
    this.#rawEnd[at] = end
    for (const hit of event.hits) this.#hits.push({ ...hit, at })
    if (event.lineage !== null) this.#lineages.add(at, event.lineage)
  }

  /** Keeps bytes of its own: a view would take all that was read with it along to the other thread. */
  reject(reject: PreparedReject): void {
    this.#rejects.push({ ...reject, bytes: Buffer.from(new Uint8Array(reject.bytes.subarray(0, LIMITS.rejectBytes)).buffer) })
  }

  /** The batch; nothing may be added afterwards. */
  pack(): EventBatch {
    const count = this.#count
    return {
      format: this.#format,
      rulesRevision: this.#rulesRevision,
      count,
      identity: this.#identity.subarray(0, count * IDENTITY_BYTES),
      ts: this.#ts.subarray(0, count),
      tsNs: this.#tsNs.subarray(0, count),
      sequence: this.#sequence.subarray(0, count),
      entity: this.#entity.subarray(0, count),
      parent: this.#parent.subarray(0, count),
      strings: this.#strings,
      hostId: this.#hostId.subarray(0, count),
      hostName: this.#hostName.subarray(0, count),
      category: this.#category.subarray(0, count),
      action: this.#action.subarray(0, count),
      raw: this.#raw.subarray(0, this.#bytes),
      rawEnd: this.#rawEnd.subarray(0, count),
      hits: this.#hits,
      lineages: this.#lineages.pack(),
      rejects: this.#rejects,
      blocks: [],
    }
  }

  #intern(text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.#strings.push(text) - 1
      this.#numbers.set(text, number)
    }
    return number
  }

  #grow(room: number): void {
    const kept = <Column extends Float64Array | Int32Array | Uint32Array | Uint8Array>(column: Column, grown: Column): Column => {
      grown.set(column)
      return grown
    }
    this.#identity = kept(this.#identity, new Uint8Array(room * IDENTITY_BYTES))
    this.#ts = kept(this.#ts, new Float64Array(room))
    this.#tsNs = kept(this.#tsNs, new Int32Array(room))
    this.#sequence = kept(this.#sequence, new Float64Array(room))
    this.#entity = kept(this.#entity, new Float64Array(room))
    this.#parent = kept(this.#parent, new Float64Array(room))
    this.#hostId = kept(this.#hostId, new Uint32Array(room))
    this.#hostName = kept(this.#hostName, new Uint32Array(room))
    this.#category = kept(this.#category, new Uint32Array(room))
    this.#action = kept(this.#action, new Uint32Array(room))
    this.#rawEnd = kept(this.#rawEnd, new Uint32Array(room))
    this.#room = room
  }
}

/** Packs events that are all there. */
export function packBatch(format: string, rulesRevision: number, events: readonly PreparedEvent[], rejects: readonly PreparedReject[]): EventBatch {
  const packer = new BatchPacker(format, rulesRevision, events.length)
  for (const event of events) packer.add(event)
  for (const reject of rejects) packer.reject(reject)
  return packer.pack()
}

/** Packs the next block of a batch; null when all of its records are packed. Its bytes are its own, to be given away with it. */
export function packNextBlock(batch: EventBatch, packed: readonly RawBlock[]): RawBlock | null {
  const from = packed.length * BLOCK_RECORDS
  if (from >= batch.count) return null
  const block = packInPlace(batch.raw, batch.rawEnd, from, Math.min(from + BLOCK_RECORDS, batch.count))
  return { ...block, bytes: Buffer.from(new Uint8Array(block.bytes).buffer) }
}

/** The buffers of a batch, to be given away with it. */
export function transferables(batch: EventBatch): ArrayBuffer[] {
  return [
    batch.identity.buffer,
    batch.ts.buffer,
    batch.tsNs.buffer,
    batch.sequence.buffer,
    batch.entity.buffer,
    batch.parent.buffer,
    batch.hostId.buffer,
    batch.hostName.buffer,
    batch.category.buffer,
    batch.action.buffer,
    batch.raw.buffer,
    batch.rawEnd.buffer,
    batch.lineages.buffer,
    ...batch.blocks.map(({ bytes }) => bytes.buffer as ArrayBuffer),
  ]
}

/** The bytes of one record of a batch. */
export function rawOf(batch: EventBatch, at: number): Buffer {
  const start = at === 0 ? 0 : (batch.rawEnd[at - 1] ?? 0)
  return Buffer.from(batch.raw.buffer, batch.raw.byteOffset + start, (batch.rawEnd[at] ?? start) - start)
}
