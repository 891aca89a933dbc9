/**
 * What a record leaves out and other records of its host tell: the id of its process, its parent, what they ran. Pure; who
 * knows is asked through `Lineage`, so that detection, pages and exports see the same event. What the record says itself is
 * never overridden, and what is filled in says so (`linklocal.enriched`).
 */
import { MADE } from './enriched'
import type { Enriched } from './enriched'
import type { EcsEvent } from './event'
import { readText } from './event'
import { pidEntityId } from './process-id'
import { LAST_RANK, START_TOLERANCE_MS, momentOf, processFacts, programAt, readStart } from './told-process'
import type { Moment, ProcessFacts, Program, ToldParent } from './told-process'

/** What an event may leave out, as bits. */
export const LACKS = { id: 1, program: 2, parentId: 4, parentProgram: 8 } as const

export const ALL_LACKS = LACKS.id | LACKS.program | LACKS.parentId | LACKS.parentProgram

const FILLED_IN: readonly (readonly [field: string, lacks: number])[] = [
  ['process.entity_id', LACKS.id],
  ['process.executable', LACKS.program],
  ['process.name', LACKS.program],
  ['process.parent.entity_id', LACKS.parentId],
  ['process.parent.pid', LACKS.parentId | LACKS.parentProgram],
  ['process.parent.executable', LACKS.parentProgram],
  ['process.parent.name', LACKS.parentProgram],
]

/** `LACKS` of what these fields read, multi-fields (`process.name.text`) included; our own marks may say anything. */
export function lacksOfFields(fields: readonly string[]): number {
  return fields.reduce((lacks, field) => {
    if (field.startsWith('linklocal')) return ALL_LACKS
    return FILLED_IN.reduce((all, [name, bit]) => (field === name || field.startsWith(`${name}.`) ? all | bit : all), lacks)
  }, 0)
}

/** Whether the value of a field may change when what an event lacks is filled in: the field, what it is part of, and its parts. */
export function mayBeFilledIn(field: string, lacks: number): boolean {
  if (field.startsWith('linklocal')) return lacks !== 0
  return FILLED_IN.some(([name, bit]) => (bit & lacks) !== 0 && (field === name || field.startsWith(`${name}.`) || name.startsWith(`${field}.`)))
}

/** The kinds of records whose process is looked up; log lines that happen to name a pid are left as they are. */
const CATEGORIES: readonly unknown[] = ['process', 'network', 'file']

/** What an event leaves out, and by what it can be found. */
export interface Lacking {
  /** `LACKS`, added up. */
  readonly lacks: number
  readonly hostId: string
  readonly pid: number | null
  /** The sensor's own id of the process. */
  readonly entityId: string | null
  readonly parentPid: number | null
  readonly parentEntityId: string | null
  /** The event is itself a record of how the process began. */
  readonly starts: boolean
}

/** A record that told something, as it is kept. */
export interface KnownRecord extends Program, Moment {
  readonly kind: string
  readonly entityId: string | null
  readonly parent: ToldParent | null
  /** The stored event; null where that was not kept. */
  readonly eventId: number | null
}

/** What is known of a pid at a moment: the latest bound of a life, the latest exec since, and for a pid with neither what was seen. */
export interface KnownPid {
  readonly life: KnownRecord | null
  readonly exec: KnownRecord | null
  readonly seen: KnownRecord | null
}

/** Who knows about the processes of a host. */
export interface Lineage {
  pid(pid: number, at: Moment): KnownPid
  /** The record of how a process with an entity id began. */
  process(entityId: string): KnownRecord | null
}

/** What an event leaves out that others may tell; null for nothing, as with nearly all that Elastic Defend sends. */
export function lackingOf(event: EcsEvent, facts: ProcessFacts = processFacts(event)): Lacking | null {
  const { hostId, pid, entityId, phases, parent } = facts
  if (pid === null && entityId === null) return null
  if (hostId === undefined || !facts.categories.some((category) => CATEGORIES.includes(category))) return null
  const starts = phases.fork || phases.exec || phases.running
  let lacks = entityId === null ? LACKS.id : 0
  if (!starts && isPart(facts.program)) lacks |= LACKS.program
  // The record of a start is where others find its parent: what it does not say itself only the parent's pid can tell.
  if (!starts || parent.pid !== null) {
    if (parent.entityId === null) lacks |= LACKS.parentId
    if (isPart(parent) && !(starts && parent.entityId !== null)) lacks |= LACKS.parentProgram
  }
  return lacks === 0 ? null : { lacks, hostId, pid, entityId, parentPid: parent.pid, parentEntityId: parent.entityId, starts }
}

function isPart({ executable, name }: Program): boolean {
  return executable === null || name === null
}

/** Whether what is left out is looked for under pids, and not under the process's own entity id alone. */
export function asksForPids(lacking: Lacking): boolean {
  return lacking.entityId === null || ((lacking.lacks & LACKS.parentId) !== 0 && lacking.parentPid !== null)
}

/**
 * Whether an event is found under the pids of its process and parent for as long as no sensor with ids tells of those pids: what
 * else becomes known of them changes neither `entityKey`, and all that it depends on is in `askedMoments`.
 */
export function standsUnderPids(event: EcsEvent, { pid, entityId, parentPid, parentEntityId }: Lacking): boolean {
  const process = event['process']
  return entityId === null && parentEntityId === null && pid !== null && parentPid !== null && parentPid !== pid && isRecord(process) && isRecord(process['parent'] ?? {})
}

/** Whether the record of the process's start is looked for under its entity id. */
export function asksForStart(lacking: Lacking): boolean {
  return lacking.entityId !== null && !lacking.starts
}

/** Where in the time of which pids an event looks, before anything is known. */
export function askedMoments(event: EcsEvent, lacking: Lacking, facts: ProcessFacts = processFacts(event)): readonly { readonly pid: number; readonly ms: number }[] {
  if (!asksForPids(lacking)) return []
  const at = { ms: facts.ms, rank: facts.sequence ?? LAST_RANK }
  const asked: { pid: number; ms: number }[] = []
  const ask = (pid: number | null, field: string): void => {
    if (pid === null) return
    asked.push({ pid, ms: at.ms })
    const start = readStart(event, field, at)
    if (start !== null && start + START_TOLERANCE_MS < at.ms) asked.push({ pid, ms: start + START_TOLERANCE_MS })
  }
  if (lacking.entityId === null) ask(lacking.pid, 'process.start')
  if (lacking.parentPid !== lacking.pid) ask(lacking.parentPid, 'process.parent.start')
  return asked
}

/** A process as others tell of it. */
interface Found {
  readonly id: string
  /** The record that gave the id; null for one of our own making. */
  readonly idBy: KnownRecord | null
  readonly program: KnownRecord | null
  readonly parent: KnownRecord | null
}

function tellsProgram(record: KnownRecord | null): record is KnownRecord {
  return record !== null && (record.executable !== null || record.name !== null)
}

/**
 * The process that had a pid at a moment. A start time that the record gives decides between lives: what began clearly before
 * or after it is another process, even if it is the nearest that is known.
 */
function findProcess(lineage: Lineage, hostId: string, pid: number, at: Moment, start: number | null): Found {
  let known = lineage.pid(pid, at)
  if (start !== null && known.life !== null && known.life.ms > start + START_TOLERANCE_MS) known = lineage.pid(pid, { ms: start + START_TOLERANCE_MS, rank: LAST_RANK })
  let { life, exec, seen } = known
  if (start !== null) {
    seen = null
    if (life !== null && (life.kind === 'end' || life.ms < start - START_TOLERANCE_MS)) life = null
    if (exec !== null && exec.ms < start - START_TOLERANCE_MS) exec = null
  }
  const born = life?.kind === 'end' ? null : life
  const idBy = [exec, born].find((record) => record !== null && record.entityId !== null) ?? null
  return {
    id: idBy?.entityId ?? pidEntityId(hostId, pid, life?.ms ?? start ?? undefined),
    idBy,
    program: [exec, born, seen].find(tellsProgram) ?? null,
    parent: bestParent([exec, born]),
  }
}

/** The nearest record that names the parent, unless another names the same one by its id. */
function bestParent(records: readonly (KnownRecord | null)[]): KnownRecord | null {
  const [nearest, ...others] = records.filter((record) => record?.parent != null)
  const pid = nearest?.parent?.pid
  if (nearest == null || nearest.parent?.entityId != null) return nearest ?? null
  return others.find((other) => other?.parent?.entityId != null && other.parent.pid === pid) ?? nearest
}

/** Collects what is filled in, by the record it was taken from. */
class Filling {
  readonly own: Record<string, unknown> = {}
  readonly parent: Record<string, unknown> = {}
  readonly #sources = new Map<KnownRecord | null, string[]>()

  set(field: string, value: string | number | null, by: KnownRecord | null): void {
    if (value === null) return
    const key = field.slice(field.lastIndexOf('.') + 1)
    const target = field.startsWith('process.parent.') ? this.parent : this.own
    target[key] = value
    const fields = this.#sources.get(by)
    if (fields) fields.push(field)
    else this.#sources.set(by, [field])
  }

  enriched(): readonly Enriched[] {
    return [...this.#sources].map(([by, fields]) =>
      by === null ? { fields, from: MADE, at: null, event: null } : { fields, from: by.kind, at: new Date(Math.min(8.64e15, Math.max(0, by.ms))).toISOString(), event: by.eventId },
    )
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The event with what is known of its process and parent; the event itself when nothing is to be added. */
export function enrich(event: EcsEvent, lacking: Lacking, lineage: Lineage): EcsEvent {
  const process = event['process'] ?? {}
  if (!isRecord(process)) return event
  const parentFields = process['parent'] ?? {}
  if (!isRecord(parentFields)) return event
  const filling = new Filling()
  const at = momentOf(event)
  const parentTold = fillOwn(event, lacking, lineage, at, filling)
  fillParent(event, lacking, lineage, at, parentTold, filling)
  const enriched = filling.enriched()
  if (enriched.length === 0) return event
  const hasParent = Object.keys(parentFields).length > 0 || Object.keys(filling.parent).length > 0
  return {
    ...event,
    process: { ...process, ...filling.own, ...(hasParent ? { parent: { ...parentFields, ...filling.parent } } : {}) },
    linklocal: { ...(isRecord(event['linklocal']) ? event['linklocal'] : {}), enriched },
  }
}

/** Fills in the process itself, and answers the record that tells of its parent. */
function fillOwn(event: EcsEvent, lacking: Lacking, lineage: Lineage, at: Moment, filling: Filling): KnownRecord | null {
  const { lacks, hostId, pid, entityId } = lacking
  const given = programAt(event, 'process')
  const fillProgram = (record: KnownRecord | null): void => {
    if ((lacks & LACKS.program) === 0 || record === null) return
    if (given.executable !== null && record.executable !== null && given.executable !== record.executable) return
    if (given.executable === null) filling.set('process.executable', record.executable, record)
    if (given.name === null) filling.set('process.name', record.name, record)
  }
  if (entityId !== null) {
    const start = asksForStart(lacking) ? lineage.process(entityId) : null
    fillProgram(start)
    return start
  }
  if (pid === null) return null
  const found = findProcess(lineage, hostId, pid, at, readStart(event, 'process.start', at))
  if (found.id !== readText(event, 'process.entity_id')) filling.set('process.entity_id', found.id, found.idBy)
  fillProgram(found.program)
  return found.parent
}

/** What a record says of the parent counts for another only if neither contradicts the other. */
function agrees(told: ToldParent, lacking: Lacking): boolean {
  return (
    (told.entityId === null || lacking.parentEntityId === null || told.entityId === lacking.parentEntityId) &&
    (told.pid === null || lacking.parentPid === null || told.pid === lacking.parentPid)
  )
}

function fillParent(event: EcsEvent, lacking: Lacking, lineage: Lineage, at: Moment, by: KnownRecord | null, filling: Filling): void {
  const { lacks, hostId, pid, entityId, parentPid, parentEntityId } = lacking
  if ((lacks & (LACKS.parentId | LACKS.parentProgram)) === 0) return
  const given = programAt(event, 'process.parent')
  let program: Program = given
  const told = by?.parent != null && agrees(by.parent, lacking) ? by.parent : null
  let id = parentEntityId
  // A process is not its own parent, whatever a record says.
  if (id === null && told !== null && told.entityId !== null && told.entityId !== entityId) {
    id = told.entityId
    filling.set('process.parent.entity_id', id, by)
  }
  if (parentPid === null && told !== null && told.pid !== pid) filling.set('process.parent.pid', told.pid, by)
  const fillProgram = (from: Program, record: KnownRecord | null): void => {
    if (given.executable !== null && from.executable !== null && given.executable !== from.executable) return
    if (program.executable === null) filling.set('process.parent.executable', from.executable, record)
    if (program.name === null) filling.set('process.parent.name', from.name, record)
    program = { executable: program.executable ?? from.executable, name: program.name ?? from.name }
  }
  if (told !== null) fillProgram(told, by)
  const lookup = parentPid ?? told?.pid ?? null
  if (lookup === null || lookup === pid || (id !== null && !isPart(program)) || !(asksForPids(lacking) || id === null)) return
  const since = parentPid === null ? null : readStart(event, 'process.parent.start', at)
  const found = findProcess(lineage, hostId, lookup, parentPid === null && by !== null ? { ms: by.ms, rank: by.rank } : at, since)
  if (id === null) {
    if (found.id !== readText(event, 'process.parent.entity_id')) filling.set('process.parent.entity_id', found.id, found.idBy)
  } else if (found.id !== id) return
  if (found.program !== null && isPart(program)) fillProgram(found.program, found.program)
}
