import { WRAPPER } from '@/lib/ecs/asked-fields'
import { withoutDots } from '@/lib/ecs/dotted-names'
import type { EcsEvent } from '@/lib/ecs/event'
import { fieldReader, textOf } from '@/lib/ecs/event'
import { readFields } from '@/lib/ecs/read-fields'
import { parseTimestamp } from '@/lib/ecs/timestamp'
import { wellFormed, withMarks } from '@/lib/ecs/well-formed'
import { LIMITS } from '@/lib/limits'
import { foreignFormat } from './foreign-format'
import { reject } from './normalizer'
import type { Normalized, Normalizer } from './normalizer'

const readTimestamp = fieldReader('@timestamp')
const readHostId = fieldReader('host.id')
const readHostName = fieldReader('host.name')
const readHostname = fieldReader('host.hostname')

/** Keys of answers of Elasticsearch around their hits. */
const ANSWER_KEYS = ['took', 'responses', 'response', 'is_partial'] as const

const YEAR_9999 = Date.UTC(9999, 11, 31)

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  return value === null ? 'null' : `a ${typeof value}`
}

/** A search hit, as exports of Elasticsearch write it: the event is its `_source`. */
function unwrap(value: Record<string, unknown>): Record<string, unknown> {
  const source = value[WRAPPER]
  return isRecord(source) ? source : value
}

function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

function closers(text: string): number {
  let count = 0
  for (const closer of ['}', ']']) for (let at = text.indexOf(closer); at !== -1; at = text.indexOf(closer, at + 1)) count++
  return count
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1))
}

/** Nesting is walked only where there are brackets enough for it: counting those costs a fiftieth of parsing. */
function isTooDeep(text: string, value: unknown): boolean {
  return closers(text) > LIMITS.recordDepth && isDeeper(value, LIMITS.recordDepth)
}

function normalize(text: string, defaultHost: string | null): Normalized {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return reject('not_json', `Not JSON: ${cut(error instanceof Error ? error.message : String(error))}. A line cut off half-way reads like this; export it again.`)
  }
  if (!isRecord(value)) return reject('not_an_object', `A record must be a JSON object; this is ${describe(value)}.`)
  if (isTooDeep(text, value)) return reject('too_deep', `The record is nested more than ${LIMITS.recordDepth} levels deep. Flatten it before sending.`)
  const { document, fields } = wellFormed(text, value)
  const checked = check(document, withoutDots(unwrap(document)), defaultHost)
  if (!checked.ok) return checked
  // Those of a search hit are named as the event has them.
  return { ok: true, event: withMarks(checked.event, fields.map((field) => (field.startsWith(`${WRAPPER}.`) ? field.slice(WRAPPER.length + 1) : field))) }
}

/** Whether a document can be stored: its time and its host. */
function check(document: Record<string, unknown>, event: EcsEvent, defaultHost: string | null): Normalized {
  const timestamp = textOf(readTimestamp(event))
  // Those that the splitter does not see into: of several searches, or asynchronous ones.
  if (timestamp === undefined && ANSWER_KEYS.some((key) => key in document)) {
    return reject('no_timestamp', "The record is an answer of Elasticsearch, not an event. Send its hits, one a line: jq -c '.. | .hits?.hits? // empty | .[]'")
  }
  const foreign = timestamp === undefined ? foreignFormat(event) : null
  if (foreign !== null) return reject('not_read', foreign.reason)
  if (timestamp === undefined) return reject('no_timestamp', 'The record has no @timestamp. Map the time of the event to @timestamp before sending.')
  const time = parseTimestamp(timestamp)
  if (time === null || time.ms < 0 || time.ms > YEAR_9999) {
    return reject('bad_timestamp', `@timestamp is "${cut(timestamp)}": not ISO 8601 or milliseconds since the epoch, between 1970 and 9999.`)
  }
  const hostId = textOf(readHostId(event))
  if (hostId !== undefined) return { ok: true, event }
  const name = [textOf(readHostName(event)), textOf(readHostname(event))].find((text) => text !== undefined && text !== '') ?? defaultHost
  if (name === null) return reject('no_host', 'The record has no host.id, host.name or host.hostname. Name the host before sending, or give --host NAME.')
  // Rules join by host.id: a source that only names its hosts still tells them apart.
  const host = isRecord(event['host']) ? event['host'] : {}
  return { ok: true, event: { ...event, host: { ...host, id: name } } }
}

/**
 * Elastic Defend and every other document in the Elastic Common Schema, bare or as a search hit with `_source`. `host` is the
 * host of documents that do not name theirs; it is part of the format's name, so that what was stored reads the same for ever.
 */
export function ecsNormalizer(host: string | null): Normalizer {
  return {
    format: host === null ? 'ecs' : `ecs@${host}`,
    normalize: (text) => normalize(text, host),
    skim: (bytes, fields) => {
      const document = readFields(bytes, fields)
      const checked = document === null ? null : check(document, unwrap(document), host)
      return checked?.ok === true ? checked.event : null
    },
  }
}
