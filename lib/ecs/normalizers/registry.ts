import type { EcsEvent } from '@/lib/ecs/event'
import { replacedFields, withMarks } from '@/lib/ecs/well-formed'
import { auditdNormalizer } from './auditd'
import { ecsNormalizer } from './ecs'
import type { Normalizer } from './normalizer'

const MAKERS: ReadonlyMap<string, (host: string | null) => Normalizer> = new Map([
  ['ecs', ecsNormalizer],
  ['auditd', auditdNormalizer],
])
const NORMALIZERS: ReadonlyMap<string, Normalizer> = new Map([...MAKERS].map(([name, make]) => [name, make(null)]))

/** A format and the host of records that do not name theirs, as they are written: `auditd@web-01`. */
export function hostedFormat(name: 'ecs' | 'auditd', host: string | undefined): string {
  return host === undefined ? name : `${name}@${host}`
}

/** Whether a format is raw audit records, whose processes are known by pid alone. */
export function isAuditFormat(format: string): boolean {
  return format === 'auditd' || format.startsWith('auditd@')
}

/** The normaliser of a format as it is stored with the records: `ecs`, `auditd`, or either with `@HOST` for records of one host. */
export function normalizerOf(format: string): Normalizer {
  const at = format.indexOf('@')
  const normalizer = at === -1 ? NORMALIZERS.get(format) : MAKERS.get(format.slice(0, at))?.(format.slice(at + 1))
  if (!normalizer) throw new Error(`no normaliser for the format ${format}`)
  return normalizer
}

/** The event of bytes that were stored: they were normalised once and give the same event again. */
export function readStored(format: string, raw: Buffer): EcsEvent {
  const text = raw.toString('utf8')
  const normalized = normalizerOf(format).normalize(text)
  if (!normalized.ok) throw new Error(`a stored record no longer reads as ${format}: ${normalized.rejection.reason}`)
  // Bytes that are no UTF-8 were replaced when they were decoded: then the text does not give them back.
  const isReplaced = text.includes('\ufffd') && Buffer.compare(Buffer.from(text, 'utf8'), raw) !== 0
  return isReplaced ? withMarks(normalized.event, replacedFields(normalized.event)) : normalized.event
}
