import { withoutDots } from './dotted-names'
import type { EcsEvent } from './event'

/** An integer literal of sixteen digits or more, or a string: what stands in strings is left alone. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g
const MARK = '\u0000int:'

/** `JSON.parse` that keeps every integer: one that a number cannot hold exactly becomes a bigint. */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text)
  const marked = text.replaceAll(TOKEN, (token) => (token.startsWith('"') ? token : JSON.stringify(MARK + token)))
  return JSON.parse(marked, (_, value: unknown) => (typeof value === 'string' && value.startsWith(MARK) ? exact(value.slice(MARK.length)) : value))
}

function exact(digits: string): number | bigint {
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : BigInt(digits)
}

/** `JSON.stringify` that writes a bigint as the number it is. */
export function exactJsonText(value: unknown): string {
  const written: string[] = []
  const keep = (text: string): string => `${MARK}${written.push(text) - 1}`
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return keep(String(inner))
    // A sender's text that looks like the mark is put by as well, so that it comes back as itself.
    return typeof inner === 'string' && inner.startsWith(MARK) ? keep(JSON.stringify(inner)) : inner
  })
  return written.length === 0 ? text : text.replaceAll(/"\\u0000int:(\d+)"/g, (found, at: string) => written[Number(at)] ?? found)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function restore(value: unknown, exactly: unknown): unknown {
  if (typeof exactly === 'bigint') return value === Number(exactly) ? exactly : value
  if (Array.isArray(value)) return Array.isArray(exactly) ? value.map((item, at) => restore(item, exactly[at])) : value
  if (!isObject(value) || !isObject(exactly)) return value
  // Not by assignment: a key may be called __proto__.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, restore(inner, Object.hasOwn(exactly, key) ? exactly[key] : undefined)]))
}

/**
 * An event with those of its integers that a number cannot hold as they stand in its record, as bigints: for what is shown to people
 * or written out. Rules compare numbers, as Elasticsearch's engine does.
 */
export function withExactIntegers(event: EcsEvent, raw: string): EcsEvent {
  if (!/\d{16}/.test(raw)) return event
  let record: unknown
  try {
    record = parseExactJson(raw)
  } catch {
    // Not every source writes JSON.
    return event
  }
  const source = isObject(record) && isObject(record['_source']) ? record['_source'] : record
  return restore(event, withoutDots(source)) as EcsEvent
}
