import { literalRuns } from '@/lib/lang/escaped-wildcard'
import type { ExceptionEntry } from './schema'
import { isIpField } from './match'

/** A test of a record's bytes that is false only when the record cannot match. */
export type RawFilter = (raw: Buffer) => boolean

const BACKSLASH = 0x5c
/** A number is compared by the text JavaScript gives it, which need not be how the record spells it. */
const OF_A_NUMBER = /^[-+.\de]+$/
/** Bytes that are not UTF-8 read as U+FFFD, and half a surrogate pair is written as it. */
const REPLACED = /[\ud800-\udfff\ufffd]/

/**
 * What the bytes of a JSON record must contain for the conditions to hold, so that most records of a scan need not be
 * parsed. A record with a backslash may spell any character as an escape, so it is always let through; so are conditions
 * that do not ask for a certain text: negations, any case, numbers (1e3 is 1000) and addresses (which have many spellings).
 */
export function rawFilter(entries: readonly ExceptionEntry[]): RawFilter {
  const needed = entries.flatMap((entry) => {
    const texts = neededTexts(entry)
    return texts === null ? [] : [texts.map((text) => Buffer.from(text, 'utf8'))]
  })
  if (needed.length === 0) return () => true
  return (raw) => needed.every((any) => any.some((text) => raw.includes(text))) || raw.includes(BACKSLASH)
}

/** One of these is in the record, or null when nothing certain can be said. */
function neededTexts(entry: ExceptionEntry): readonly string[] | null {
  if (entry.operator === 'excluded' || entry.type === 'exists' || entry.case_insensitive || isIpField(entry.field)) return null
  if (entry.type === 'match') return plain([entry.value])
  if (entry.type === 'match_any') return plain(entry.value)
  const longest = literalRuns(entry.value).reduce((best, part) => (part.length > best.length ? part : best), '')
  return longest.length < 2 ? null : plain([longest])
}

function plain(texts: readonly string[]): readonly string[] | null {
  return texts.some((text) => OF_A_NUMBER.test(text) || '-Infinity'.includes(text) || REPLACED.test(text)) ? null : texts
}
