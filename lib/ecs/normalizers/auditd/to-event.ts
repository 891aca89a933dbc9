import type { EcsEvent } from '@/lib/ecs/event'
import type { AuditEvent } from './audit-event'
import { classifyCall, classifyNotice } from './classify'
import type { Classification } from './classify'
import { stampText } from './header'
import { peerFields, socketAddress } from './network-fields'
import { callerFields, childFields, pidOf } from './process-fields'
import type { AuditRecord } from './record'
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

function fileFields(event: AuditEvent): Fields {
  const paths = event.all('PATH')
  const target = paths.find((path) => ['CREATE', 'DELETE'].includes(path.word('nametype') ?? '')) ?? paths.find((path) => path.word('nametype') !== 'PARENT') ?? paths[0]
  const name = target?.text('name')
  return name === undefined ? {} : { file: { path: absolutePath(name, event.first('CWD')?.text('cwd')) } }
}

function meaningOfCall(event: AuditEvent, call: AuditRecord, operation: string, host: string): Meaning {
  const process = { process: callerFields(event, call, host) }
  if (EXECS.has(operation)) {
    // An exec that failed started nothing: no rule that asks for a start may take it for one.
    const what = event.succeeded === true ? { action: 'exec', category: ['process'], type: ['start'] } : { action: 'exec_failed', category: ['process'], type: ['info'] }
    return { what, fields: process }
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
  return { what, fields: { ...process, ...(what.category?.[0] === 'file' ? fileFields(event) : {}) } }
}

function meaningOf(event: AuditEvent, host: string): Meaning {
  const { call, notice, operation } = event
  const record = event.main
  if (call !== undefined && operation !== undefined) {
    const meaning = meaningOfCall(event, call, operation, host)
    // A login is written by a write(2): the notice says more than the call unless the call is of a kind of its own.
    const telling = ['exec', 'exec_failed', 'fork', 'end', 'connection_attempted', 'connection_accepted'].includes(meaning.what.action)
    return notice === undefined || telling ? meaning : { ...meaning, what: classifyNotice(notice.type) }
  }
  const fields = record === undefined ? {} : { process: callerFields(event, record, host) }
  return { what: classifyNotice(record?.type ?? 'unknown'), fields }
}

function outcome(event: AuditEvent): 'success' | 'failure' | 'unknown' {
  const { call, succeeded } = event
  if (succeeded === false && call !== undefined && event.operation === 'connect' && isUnderWay(call)) return 'unknown'
  return succeeded === undefined ? 'unknown' : succeeded ? 'success' : 'failure'
}

function tagsOf(event: AuditEvent): readonly string[] {
  const keys = event.call?.text('key') ?? event.notice?.text('key')
  // `auditctl -k key=x` is a common slip: the key is x.
  return keys === undefined ? [] : keys.split(SEVERAL).map((key) => key.replace(/^key=/, '')).filter((key) => key !== '' && key !== '(null)')
}

/** Who connected, of records that programs write: `addr=` of a login. */
function sourceOf(event: AuditEvent): Fields | undefined {
  const address = event.call === undefined ? event.notice?.word('addr') : undefined
  return address !== undefined && /^[\da-fA-F:.]{2,45}$/.test(address) && /[.:]/.test(address) ? { ip: address, address } : undefined
}

/**
 * The event in ECS. Its id is host, time and serial, so it is the same event whatever file it came in; records whose main
 * one is missing carry their kinds as well, so that they are kept beside it rather than taken for it.
 */
export function toEvent(event: AuditEvent, host: string): EcsEvent {
  const { header, architecture, types } = event
  const { what, fields } = meaningOf(event, host)
  const sequence = wholeNumber(header.serial)
  const record = event.main
  const session = record?.word('ses')
  const tags = tagsOf(event)
  const user = record === undefined ? undefined : userFields(record)
  // Arguments that the event says it has and whose records did not come.
  const missing = event.arguments === null ? 0 : event.arguments.count - event.arguments.args.length
  const stamp = `${host}:${stampText(header)}`
  // Set one after another: put together from parts, hardly two events would be alike to the engine, which makes reading them slow.
  const about: Writable = { id: event.isFragment ? `${stamp}:${types.join('+')}` : stamp, kind: 'event', module: 'auditd' }
  if (sequence !== undefined) about['sequence'] = sequence
  about['action'] = what.action
  if (what.category !== undefined) about['category'] = what.category
  if (what.type !== undefined) about['type'] = what.type
  about['outcome'] = outcome(event)
  const hostFields: Writable = { id: host, name: host, os: { type: 'linux' } }
  if (architecture !== undefined) hostFields['architecture'] = architecture
  const made: Writable = { '@timestamp': new Date(header.ms).toISOString(), event: about, host: hostFields }
  if (user !== undefined) made['user'] = user
  for (const name in fields) made[name] = fields[name]
  const source = sourceOf(event)
  if (source !== undefined) made['source'] = source
  if (tags.length > 0) made['tags'] = tags
  made['auditd'] = auditFields((event.notice ?? record)?.type.toLowerCase(), types, session, missing, record)
  return made
}

/** Where the record is from which `auditd.data` is put together. */
const RECORD = Symbol('record')

/** One for all events: one of its own for each would be a kind of object of its own to the engine, which keeps them all for long. */
const DATA: PropertyDescriptor & ThisType<{ [RECORD]: AuditRecord | undefined }> = {
  enumerable: true,
  configurable: true,
  get() {
    // Names come from the sender: fromEntries makes `__proto__` a name like any other.
    return Object.fromEntries(this[RECORD]?.entries() ?? [])
  },
}

/** What the record says as it says it. Few rules ask for that, so it is put together when somebody does. */
function auditFields(messageType: string | undefined, types: readonly string[], session: string | undefined, missing: number, record: AuditRecord | undefined): Fields {
  const fields: Writable = { message_type: messageType, record_types: types }
  if (session !== undefined) fields['session'] = session
  if (missing !== 0) fields['missing_args'] = missing
  Object.defineProperty(fields, RECORD, { value: record })
  return Object.defineProperty(fields, 'data', DATA)
}
