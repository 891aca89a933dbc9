import { createHash } from 'node:crypto'
import { IDENTITY_BYTES } from '@/lib/db/event-batch'
import type { PreparedEvent, PreparedHit, PreparedLineage, PreparedReject } from '@/lib/db/event-batch'
import { entityKey, nameHashes } from '@/lib/db/hash'
import { askedFields } from '@/lib/ecs/asked-fields'
import { askedMoments, lackingOf, standsUnderPids } from '@/lib/ecs/enrich'
import { fieldReader, textsIn } from '@/lib/ecs/event'
import type { EcsEvent } from '@/lib/ecs/event'
import type { Normalizer } from '@/lib/ecs/normalizers/normalizer'
import { isAuditFormat } from '@/lib/ecs/normalizers/registry'
import { pidEntityId } from '@/lib/ecs/process-id'
import { parseTimestamp } from '@/lib/ecs/timestamp'
import { processFacts, toldProcesses } from '@/lib/ecs/told-process'
import { errorMessage } from '@/lib/errors'
import { invariant } from '@/lib/invariant'
import { LIMITS } from '@/lib/limits'
import type { HitFinder } from './import-sink'
import type { RawRecord } from './split-records'

const readEventId = fieldReader('event.id')
const readAgentId = fieldReader('agent.id')
const readHostId = fieldReader('host.id')
const readHostName = fieldReader('host.name')
const readHostname = fieldReader('host.hostname')
const readSequence = fieldReader('event.sequence')
const readCategory = fieldReader('event.category')
const readAction = fieldReader('event.action')
const readEntity = fieldReader('process.entity_id')
const readParent = fieldReader('process.parent.entity_id')
const readTimestamp = fieldReader('@timestamp')
/** What is left for others to tell, besides the two ids. */
const readPrograms = ['process.parent.executable', 'process.parent.name', 'process.executable', 'process.name'].map((field) => fieldReader(field))

function text(value: unknown): string | null {
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (typeof first === 'string') return first
  return typeof first === 'number' || typeof first === 'boolean' ? String(first) : null
}

/**
 * The identity of an event: its time, and the sensor's own event.id where there is one (it is unique for the agent that gave
 * it), else the name its sender gave the record, else a digest of its bytes. The bytes may be an attacker's, so theirs is cryptographic; an event.id is the
 * sensor's, and two independent hashes tell them apart at a tenth of the cost. The time in front keeps the index local.
 */
function identityOf(event: EcsEvent, ms: number, hostId: string, record: RawRecord): Buffer {
  const identity = Buffer.allocUnsafe(IDENTITY_BYTES)
  identity.writeUIntBE(ms, 0, 6)
  const ownId = text(readEventId(event))
  // A NUL more: a sender's name is never taken for a sensor's id.
  const id = ownId ?? (typeof record.id === 'string' ? `\u0000${record.id.toWellFormed()}` : null)
  if (id === null) createHash('sha256').update(record.bytes).digest().copy(identity, 6, 0, IDENTITY_BYTES - 6)
  else {
    const [first, second] = nameHashes(text(readAgentId(event)) ?? hostId, id)
    writeHash(identity, 6, first)
    writeHash(identity, 13, second)
  }
  return identity
}

/** Seven bytes: a 53-bit number is more than writeUIntBE takes at once. */
function writeHash(target: Buffer, at: number, hash: number): void {
  target.writeUIntBE(Math.floor(hash / 0x1_0000_0000), at, 3)
  target.writeUInt32BE(hash % 0x1_0000_0000, at + 3)
}

function sequenceOf(event: EcsEvent): number | null {
  const value = readSequence(event)
  const first: unknown = Array.isArray(value) ? value[0] : value
  const number = typeof first === 'number' ? first : typeof first === 'string' && /^\d{1,15}$/.test(first) ? Number(first) : Number.NaN
  return Number.isSafeInteger(number) ? number : null
}

export type Prepared = { readonly ok: true; readonly event: PreparedEvent } | { readonly ok: false; readonly reject: PreparedReject }

function rejected(record: RawRecord, code: string, reason: string): Prepared {
  const { number, offset, size, bytes, id = null } = record
  // A sender's name is bound as it is read back when the record is tried again. JSON.parse names half a character where a whole one stands.
  return { ok: false, reject: { record: number, offset, size, code, reason: reason.toWellFormed(), bytes, senderId: id?.toWellFormed() ?? null } }
}

/**
 * Makes one record ready to be stored: reads it with the normaliser, gives it its identity and hot columns, and asks
 * `hits` which stages of which rules it satisfies, `mayHit` whether it could once what it leaves out is filled in. What cannot
 * be stored becomes a reject with its place and a remedy; so does one at which our own code throws, since it would end every import
 * and refuse every push that it is part of.
 */
export function prepareEvent(record: RawRecord, normalizer: Normalizer, hits: HitFinder['hits'], mayHit: HitFinder['mayHit'] = () => true): Prepared {
  try {
    return prepare(record, normalizer, hits, mayHit)
  } catch (error) {
    const what = errorMessage(error).slice(0, LIMITS.setAsideError)
    return rejected(record, 'fault', `Reading the record failed through a fault of Linklocal’s own: ${what}. The record is kept. Report the fault, and try the record again after an upgrade.`)
  }
}

function prepare(record: RawRecord, normalizer: Normalizer, hits: HitFinder['hits'], mayHit: HitFinder['mayHit']): Prepared {
  if (record.refusal !== undefined) return rejected(record, record.refusal.code, record.refusal.reason)
  if (record.problem === 'too_large') {
    return rejected(
      record,
      'too_large',
      `The record has ${record.size.toLocaleString('en')} bytes; at most ${LIMITS.recordBytes.toLocaleString('en')} are taken. Split it or leave out what makes it large.`,
    )
  }
  if (record.problem === 'unterminated') return rejected(record, 'unterminated', 'The file ends in the middle of this record. Export it again.')
  const fields = askedFields()
  const skimmed = fields === null ? null : (normalizer.skim?.(record.bytes, fields) ?? null)
  if (skimmed !== null) {
    const event = preparedEvent(skimmed, record, normalizer, hits, mayHit)
    // Otherwise something was asked for that nobody had asked for before: it was passed over.
    if (askedFields() === fields) return { ok: true, event }
  }
  const normalized = normalizer.normalize(record.bytes.toString('utf8'))
  if (!normalized.ok) return rejected(record, normalized.rejection.code, normalized.rejection.reason)
  return { ok: true, event: preparedEvent(normalized.event, record, normalizer, hits, mayHit) }
}

function preparedEvent(event: EcsEvent, record: RawRecord, normalizer: Normalizer, hits: HitFinder['hits'], mayHit: HitFinder['mayHit']): PreparedEvent {
  const timestamp = parseTimestamp(firstOf(readTimestamp(event)))
  const hostId = text(readHostId(event))
  invariant(timestamp !== null && hostId !== null, 'a normalised event has a time and a host')
  const entity = text(readEntity(event))
  const parent = text(readParent(event))
  const complete = entity !== null && parent !== null && !isAuditFormat(normalizer.format) && readPrograms.every((read) => read(event) != null)
  const lineage = complete ? null : lineageOf(event, mayHit)
  const ownId = entity ?? pidIdOf(hostId, lineage?.lacking?.pid)
  const parentId = parent ?? pidIdOf(hostId, lineage?.lacking?.parentPid)
  return {
    identity: identityOf(event, timestamp.ms, hostId, record),
    ts: timestamp.ms,
    tsNs: timestamp.ns,
    sequence: sequenceOf(event),
    hostId,
    hostName: text(readHostName(event)) ?? text(readHostname(event)) ?? hostId,
    category: text(readCategory(event)),
    action: text(readAction(event)),
    entity: ownId === null ? null : entityKey(hostId, ownId),
    parent: parentId === null ? null : entityKey(hostId, parentId),
    raw: record.bytes,
    hits: lineage?.isSettled === true ? NO_HITS : hits(event),
    lineage,
  }
}

const NO_HITS: readonly PreparedHit[] = []

function lineageOf(event: EcsEvent, mayHit: HitFinder['mayHit']): PreparedLineage | null {
  const facts = processFacts(event)
  const lacking = lackingOf(event, facts)
  if (lacking === null) return null
  const categories = textsIn(facts.categories)
  // Who gives ids tells of processes in the records of processes alone.
  const tells = lacking.entityId === null || categories.includes('process')
  return {
    lacking,
    categories,
    asked: askedMoments(event, lacking, facts),
    told: tells ? toldProcesses(event, facts) : [],
    isSettled: !mayHit(event, lacking.lacks),
    underPids: standsUnderPids(event, lacking),
  }
}

/** Under this a process without an id is found until its life is known. */
function pidIdOf(hostId: string, pid: number | null | undefined): string | null {
  return pid == null ? null : pidEntityId(hostId, pid)
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value
}
