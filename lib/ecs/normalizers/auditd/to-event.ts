import type { EcsEvent } from '@/lib/ecs/event'
import type { AuditEvent } from './audit-event'
import { classifyCall, classifyNotice } from './classify'
import type { Classification } from './classify'
import { classifyDecision, decidedFile, decidedPeer, decisionOf } from './decision'
import { stampText } from './header'
import { peerFields, socketAddress } from './network-fields'
import { callerFields, childFields, pidOf } from './process-fields'
import type { AuditRecord } from './record'
import { recordData } from './record-data'
import { SEVERAL } from './scan-fields'
import { absolutePath, wholeNumber } from './text-value'
import { userFields } from './user-fields'

type Fields = Readonly<Record<string, unknown>>
type Writable = Record<string, unknown>

const FORKS = new Set(['fork', 'vfork', 'clone'])
const EXECS = new Set(['execve', 'execveat'])
const ACCEPTS = new Set(['accept', 'accept4'])
/** clone(2)'s flag for a thread of the same process. */
const CLONE_THREAD = 0x10000n

/** What a call means, and the fields that only its kind has. */
interface Meaning {
  readonly what: Classification
  readonly fields: Fields
  /** It is about the notice; a call beside it is how that was reported. */
  readonly isNotice?: boolean
}

function hexFlags(text: string | undefined): bigint {
  return text !== undefined && /^[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : 0n
}

/** The child of a successful fork; undefined for a thread, and for clone3, whose flags are not in the record. */
export function forkedChild(event: AuditEvent): number | undefined {
  const { call, operation } = event
  if (call === undefined || operation === undefined || !FORKS.has(operation) || event.succeeded !== true) return undefined
  const flags = call.value('a0')?.text
  // Interpreted output names the flags, raw output has their bits in hex.
  const thread = operation === 'clone' && (call.header.interpreted ? /CLONE_THREAD/.test(flags ?? '') : (hexFlags(flags) & CLONE_THREAD) !== 0n)
  const child = pidOf(call.word('exit'))
  return thread || child === undefined || child === 0 ? undefined : child
}

/** A connection that is not finished when the call returns is under way, not refused. */
function isUnderWay(call: AuditRecord): boolean {
  return /^(?:-115\b|EINPROGRESS)/.test(call.value('exit')?.text ?? '')
}

/** What a PATH record stands for: kernels before 3.19 or so call it `objtype`, still older ones do not say. */
function pathKind(path: AuditRecord): string | undefined {
  return path.word('nametype') ?? path.word('objtype')
}

/** Calls whose last path is the file, after its directory. */
const MAKES_OR_REMOVES: readonly (string | undefined)[] = ['creation', 'deletion', 'change']

function fileFields(event: AuditEvent, type?: string): Fields {
  const { paths } = event
  const named = paths.filter((path) => path.text('name') !== undefined)
  const says = named.some((path) => pathKind(path) !== undefined)
  const target =
    named.find((path) => ['CREATE', 'DELETE'].includes(pathKind(path) ?? '')) ??
    (says ? named.find((path) => pathKind(path) !== 'PARENT') : MAKES_OR_REMOVES.includes(type) ? named.at(-1) : undefined) ??
    named[0]
  const name = target?.text('name')
  return name === undefined ? {} : { file: { path: absolutePath(name, event.first('CWD')?.text('cwd')) } }
}

function execMeaning(succeeded: boolean | undefined): Classification {
  if (succeeded === true) return { action: 'exec', category: ['process'], type: ['start'] }
  // An exec that failed started nothing, and one of which it is not known is not known to: no rule that asks for a start may take it for one.
  return { action: succeeded === false ? 'exec_failed' : 'exec_attempted', category: ['process'], type: ['info'] }
}

function meaningOfCall(event: AuditEvent, call: AuditRecord, operation: string, host: string): Meaning {
  const process = { process: callerFields(event, call, host) }
  if (EXECS.has(operation)) {
    return { what: execMeaning(event.succeeded), fields: process }
  }
  const child = forkedChild(event)
  if (child !== undefined) return { what: { action: 'fork', category: ['process'], type: ['start'] }, fields: { process: childFields(call, host, child) } }
  if (FORKS.has(operation)) return { what: { action: operation, category: ['process'], type: ['info'] }, fields: process }
  if (operation === 'exit_group') return { what: { action: 'end', category: ['process'], type: ['end'] }, fields: process }
  if (operation === 'connect') {
    const address = socketAddress(event)
    const inet = address !== null && 'ip' in address
    const what = { action: inet ? 'connection_attempted' : 'connect', category: ['network'], type: ['connection'] }
    return { what, fields: { ...process, ...peerFields(address, 'destination') } }
  }
  const what = classifyCall(operation)
  if (what.category?.[0] === 'network') {
    const accepts = ACCEPTS.has(operation) && event.succeeded === true
    const address = peerFields(socketAddress(event), ACCEPTS.has(operation) || operation === 'recvfrom' || operation === 'bind' ? 'source' : 'destination')
    return { what: accepts ? { ...what, action: 'connection_accepted' } : what, fields: { ...process, ...address } }
  }
  return { what, fields: { ...process, ...(what.category?.[0] === 'file' ? fileFields(event, what.type?.[0]) : {}) } }
}

/** Whether an event with a notice is about its call all the same, because that is of a kind of its own. */
function isTelling({ action }: Classification): boolean {
  return ['exec', 'exec_failed', 'exec_attempted', 'fork', 'end', 'connection_attempted', 'connection_accepted'].includes(action)
}

function meaningOfNotice(notice: AuditRecord): Classification {
  const decision = decisionOf(notice)
  return decision === null ? classifyNotice(notice.type) : classifyDecision(notice, decision)
}

/** The file or the peer that a security module decided about. */
function decidedFields(notice: AuditRecord): Fields {
  if (decisionOf(notice) === null) return {}
  const file = decidedFile(notice)
  const peer = decidedPeer(notice)
  return { ...(file === undefined ? {} : { file: { path: file } }), ...(peer === undefined ? {} : { destination: peer }) }
}

function meaningOf(event: AuditEvent, host: string): Meaning {
  const { call, notice, operation } = event
  const record = event.main
  if (call !== undefined && operation !== undefined) {
    const meaning = meaningOfCall(event, call, operation, host)
    if (notice === undefined) return meaning
    const fields = { ...decidedFields(notice), ...meaning.fields }
    // A login is written by a write(2): the notice says more than the call unless the call is of a kind of its own.
    return isTelling(meaning.what) ? { what: meaning.what, fields } : { what: meaningOfNotice(notice), fields, isNotice: true }
  }
  const process = record === undefined ? {} : { process: callerFields(event, record, host) }
  if (notice !== undefined) return { what: meaningOfNotice(notice), fields: { ...decidedFields(notice), ...process }, isNotice: true }
  return { what: classifyNotice(record?.type ?? 'unknown'), fields: { ...process, ...fileFields(event) } }
}

/** Of the call or of the notice, whichever the event is about: a denial beside a call that succeeded is a denial. */
function outcome(event: AuditEvent, isNotice: boolean): 'success' | 'failure' | 'unknown' {
  const { call, notice } = event
  const own = isNotice ? event.noticeSucceeded : event.succeeded
  const decides = isNotice && notice !== undefined && decisionOf(notice) !== null
  const succeeded = own ?? (isNotice && !decides ? event.succeeded : undefined)
  if (!isNotice && succeeded === false && call !== undefined && event.operation === 'connect' && isUnderWay(call)) return 'unknown'
  return succeeded === undefined ? 'unknown' : succeeded ? 'success' : 'failure'
}

function tagsOf(event: AuditEvent): readonly string[] {
  const keys = event.call?.text('key') ?? event.notice?.text('key')
  // `auditctl -k key=x` is a common slip: the key is x.
  return keys === undefined ? [] : keys.split(SEVERAL).map((key) => key.replace(/^key=/, '')).filter((key) => key !== '' && key !== '(null)')
}

/** Who connected, of records that programs write: `addr=` of a login. */
function sourceOf(event: AuditEvent): Fields | undefined {
  const address = event.notice?.word('addr')
  return address !== undefined && /^[\da-fA-F:.]{2,45}$/.test(address) && /[.:]/.test(address) ? { ip: address, address } : undefined
}

/**
 * The event in ECS. Its id is host, time and serial, so it is the same event whatever file it came in; records whose main
 * one is missing carry their kinds as well, so that they are kept beside it rather than taken for it.
 */
export function toEvent(event: AuditEvent, host: string): EcsEvent {
  const { header, architecture, types } = event
  const { what, fields, isNotice = false } = meaningOf(event, host)
  const sequence = wholeNumber(header.serial)
  const record = event.main
  const session = record?.word('ses')
  const tags = tagsOf(event)
  const who = record === undefined ? {} : userFields(record, event.notice)
  // Arguments that the event says it has and whose records did not come.
  const missing = event.arguments === null ? 0 : event.arguments.count - event.arguments.args.length
  const stamp = `${host}:${stampText(header)}`
  // Set one after another: put together from parts, hardly two events would be alike to the engine, which makes reading them slow.
  const about: Writable = { id: event.isFragment ? `${stamp}:${types.join('+')}` : stamp, kind: 'event', module: 'auditd' }
  if (sequence !== undefined) about['sequence'] = sequence
  about['action'] = what.action
  if (what.category !== undefined) about['category'] = what.category
  if (what.type !== undefined) about['type'] = what.type
  about['outcome'] = outcome(event, isNotice)
  const hostFields: Writable = { id: host, name: host, os: { type: 'linux' } }
  if (architecture !== undefined) hostFields['architecture'] = architecture
  const made: Writable = { '@timestamp': new Date(header.ms).toISOString(), event: about, host: hostFields }
  if (who.user !== undefined) made['user'] = who.user
  if (who.group !== undefined) made['group'] = who.group
  for (const name in fields) made[name] = fields[name]
  const source = sourceOf(event)
  if (source !== undefined && made['source'] === undefined) made['source'] = source
  if (tags.length > 0) made['tags'] = tags
  made['auditd'] = auditFields(event, session, missing)
  return made
}

/** Where the event is from which `auditd.data` is put together. */
const EVENT = Symbol('event')

/** One for all events: one of its own for each would be a kind of object of its own to the engine, which keeps them all for long. */
const DATA: PropertyDescriptor & ThisType<{ [EVENT]: AuditEvent }> = {
  enumerable: true,
  configurable: true,
  get() {
    const { main } = this[EVENT]
    return main === undefined ? {} : recordData(main, this[EVENT].others(main))
  },
}

/** What the records say as they say it. Few rules ask for that, so it is put together when somebody does. */
function auditFields(event: AuditEvent, session: string | undefined, missing: number): Fields {
  const fields: Writable = { message_type: (event.notice ?? event.main)?.type.toLowerCase(), record_types: event.types }
  if (session !== undefined) fields['session'] = session
  if (missing !== 0) fields['missing_args'] = missing
  if (event.isIncomplete) fields['incomplete'] = true
  Object.defineProperty(fields, EVENT, { value: event })
  return Object.defineProperty(fields, 'data', DATA)
}
