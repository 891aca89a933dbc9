import type { ToldProcess } from '@/lib/ecs/enrich'

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
  /** Of an event of a source without entity ids; null for all others. */
  readonly lineage: PreparedLineage | null
}

/** What an event tells of pids, and the pid of its parent when what that ran has to be looked up. */
export interface PreparedLineage {
  /** Then its hits are found when it is stored: they may depend on what is known of the parent. */
  readonly parentPid: number | null
  readonly told: readonly ToldProcess[]
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
  readonly lineages: readonly (PreparedLineage & { readonly at: number })[]
  readonly rejects: readonly PreparedReject[]
}

/** Puts prepared events into columns. */
export function packBatch(format: string, rulesRevision: number, events: readonly PreparedEvent[], rejects: readonly PreparedReject[]): EventBatch {
  const count = events.length
  const strings: string[] = []
  const numbers = new Map<string, number>()
  const intern = (text: string): number => {
    let number = numbers.get(text)
    if (number === undefined) {
      number = strings.push(text) - 1
      numbers.set(text, number)
    }
    return number
  }
  let size = 0
  for (const event of events) size += event.raw.length
  const batch = {
    format,
    rulesRevision,
    count,
    identity: new Uint8Array(count * IDENTITY_BYTES),
    ts: new Float64Array(count),
    tsNs: new Int32Array(count),
    sequence: new Float64Array(count),
    entity: new Float64Array(count),
    parent: new Float64Array(count),
    strings,
    hostId: new Uint32Array(count),
    hostName: new Uint32Array(count),
    category: new Uint32Array(count),
    action: new Uint32Array(count),
    raw: new Uint8Array(size),
    rawEnd: new Uint32Array(count),
    hits: events.flatMap((event, at) => event.hits.map((hit) => ({ ...hit, at }))),
    lineages: events.flatMap((event, at) => (event.lineage === null ? [] : [{ ...event.lineage, at }])),
    rejects,
  }
  let end = 0
  for (const [at, event] of events.entries()) {
    batch.identity.set(event.identity, at * IDENTITY_BYTES)
    batch.ts[at] = event.ts
    batch.tsNs[at] = event.tsNs
    batch.sequence[at] = event.sequence ?? Number.NaN
    batch.entity[at] = event.entity ?? Number.NaN
    batch.parent[at] = event.parent ?? Number.NaN
    batch.hostId[at] = intern(event.hostId)
    batch.hostName[at] = intern(event.hostName)
    batch.category[at] = event.category === null ? 0 : intern(event.category) + 1
    batch.action[at] = event.action === null ? 0 : intern(event.action) + 1
    batch.raw.set(event.raw, end)
    end += event.raw.length
    batch.rawEnd[at] = end
  }
  return batch
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
  ]
}

/** The bytes of one record of a batch. */
export function rawOf(batch: EventBatch, at: number): Buffer {
  const start = at === 0 ? 0 : (batch.rawEnd[at - 1] ?? 0)
  return Buffer.from(batch.raw.buffer, batch.raw.byteOffset + start, (batch.rawEnd[at] ?? start) - start)
}
