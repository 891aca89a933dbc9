/**
 * lib/web/bulk: the part of Elasticsearch's HTTP interface that shippers of events use. This file reads the body of a bulk
 * request: a line that says what to do, then, for most actions, a line with the document. Pure. What makes a whole request
 * invalid, and the words for it, are Elasticsearch's (BulkRequestParser); what is wrong with one document is that
 * document's own business.
 */
import { LIMITS } from '@/lib/limits'

export const BULK_ACTIONS = ['create', 'delete', 'index', 'update'] as const
export type BulkAction = (typeof BULK_ACTIONS)[number]

/** One action. The document is the bytes from `start` to `end` of the body; a delete has none. */
export interface BulkItem {
  readonly action: BulkAction
  readonly index: string
  readonly id: string | null
  readonly start: number
  readonly end: number
  /** Why this item alone is refused, before its document was looked at. */
  readonly problem: string | null
}

export interface BulkFault {
  readonly status: 400 | 413
  readonly type: string
  readonly reason: string
}

export type ParsedBulk = { readonly ok: true; readonly items: readonly BulkItem[] } | { readonly ok: false; readonly fault: BulkFault }

/** Parameters of an action that mean nothing here, and that shippers send. */
const IGNORED = new Set([
  '_type', 'type', 'routing', '_routing', 'version', '_version', 'version_type', '_version_type', 'if_seq_no', 'if_primary_term', 'retry_on_conflict',
  'pipeline', 'require_alias', 'require_data_stream', 'list_executed_pipelines', 'dynamic_templates', 'parent', '_parent', 'timestamp', 'ttl',
])
/** Of these Elasticsearch takes an object. */
const OBJECTS = new Set(['dynamic_templates'])
const NEWLINE = 0x0a
const RETURN = 0x0d
const ACTION_BYTES = 64 * 1024
const ID_BYTES = 512
const INDEX_BYTES = 255

class Malformed extends Error {}

function tokenOf(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY'
  if (value === null) return 'VALUE_NULL'
  switch (typeof value) {
    case 'object':
      return 'START_OBJECT'
    case 'string':
      return 'VALUE_STRING'
    case 'number':
      return 'VALUE_NUMBER'
    default:
      return 'VALUE_BOOLEAN'
  }
}

function malformed(line: number, expected: string, found: string): Malformed {
  return new Malformed(`Malformed action/metadata line [${line}], expected ${expected} but found [${found}]`)
}

function readJson(text: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Malformed(`Malformed action/metadata line [${line}], ${error instanceof Error ? error.message : String(error)}`)
  }
}

function isAction(name: string): name is BulkAction {
  return (BULK_ACTIONS as readonly string[]).includes(name)
}

/** A field that must be a simple value; numbers and booleans are taken by their text, as Elasticsearch does. */
function simple(field: string, value: unknown, line: number): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'object') throw malformed(line, `a simple value for field [${field}]`, tokenOf(value))
  return typeof value === 'string' ? value : JSON.stringify(value)
}

interface ActionLine {
  readonly action: BulkAction
  readonly index: string | null
  readonly id: string | null
}

function readAction(text: string, line: number): ActionLine {
  const value = readJson(text, line)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(line, 'START_OBJECT', tokenOf(value))
  const [entry, second] = Object.entries(value)
  if (!entry) throw malformed(line, 'FIELD_NAME', 'END_OBJECT')
  const [name, parameters] = entry as [string, unknown]
  if (!isAction(name)) throw malformed(line, 'field [create], [delete], [index] or [update]', name)
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) throw malformed(line, 'START_OBJECT', tokenOf(parameters))
  if (second) throw malformed(line, 'END_OBJECT', 'FIELD_NAME')
  let index: string | null = null
  let id: string | null = null
  let action: BulkAction = name
  for (const [field, given] of Object.entries(parameters) as [string, unknown][]) {
    if (field === '_index') index = simple(field, given, line)
    else if (field === '_id') id = simple(field, given, line)
    else if (field === 'op_type') {
      if (name === 'index' && given === 'create') action = 'create'
    } else if (!IGNORED.has(field)) throw new Malformed(`Action/metadata line [${line}] contains an unknown parameter [${field}]`)
    else if (!OBJECTS.has(field)) simple(field, given, line)
  }
  return { action, index, id }
}

/** Why one action is refused for its id or its index; null when it is not. */
export function problemOf(id: string | null, index: string): string | null {
  if (id === '') return 'if _id is specified it must not be empty'
  if (id !== null && Buffer.byteLength(id) > ID_BYTES) return `id is too long, must be no longer than ${ID_BYTES} bytes but was: ${Buffer.byteLength(id)}`
  if (index === '' || Buffer.byteLength(index) > INDEX_BYTES) return `index name must have 1 to ${INDEX_BYTES} bytes`
  return null
}

/**
 * Reads the actions of a body. `defaultIndex` is the index named in the path, for actions that name none. A request is
 * refused as a whole when an action line cannot be understood, since what follows it could be anything.
 */
export function parseBulk(body: Uint8Array, defaultIndex: string): ParsedBulk {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const items: BulkItem[] = []
  let from = 0
  let line = 0
  try {
    while (from < bytes.length) {
      line++
      const end = bytes.indexOf(NEWLINE, from)
      if (end === -1) return refuse(400, 'illegal_argument_exception', 'The bulk request must be terminated by a newline [\\n]')
      if (end - from > ACTION_BYTES) throw new Malformed(`Malformed action/metadata line [${line}], it has more than ${ACTION_BYTES} bytes`)
      const text = bytes.toString('utf8', from, end).trim()
      from = end + 1
      // Blank lines between actions are passed over, as Elasticsearch does.
      if (text === '') continue
      const { action, index, id } = readAction(text, line)
      if (items.length >= LIMITS.pushItems) {
        return refuse(413, 'content_too_large_exception', `The request has more than ${LIMITS.pushItems} actions. Send them in smaller requests.`)
      }
      const problem = problemOf(id, index ?? defaultIndex)
      if (action === 'delete') {
        items.push({ action, index: index ?? defaultIndex, id, start: 0, end: 0, problem })
        continue
      }
      line++
      const stop = bytes.indexOf(NEWLINE, from)
      if (stop === -1) {
        // Elasticsearch passes over an action at the very end that has no document. Here it would be a record lost unseen.
        const reason = from < bytes.length ? 'The bulk request must be terminated by a newline [\\n]' : `Malformed action/metadata line [${line - 1}], its document is missing`
        return refuse(400, 'illegal_argument_exception', reason)
      }
      items.push({ action, index: index ?? defaultIndex, id, start: from, end: bytes[stop - 1] === RETURN && stop > from ? stop - 1 : stop, problem })
      from = stop + 1
    }
  } catch (error) {
    if (error instanceof Malformed) return refuse(400, 'illegal_argument_exception', error.message)
    throw error
  }
  return items.length === 0 ? refuse(400, 'parse_exception', 'request body is required') : { ok: true, items }
}

function refuse(status: BulkFault['status'], type: string, reason: string): ParsedBulk {
  return { ok: false, fault: { status, type, reason } }
}
