import type { EcsEvent } from '@/lib/ecs/event'
import { auditdNormalizer } from './auditd'
import { ecsNormalizer } from './ecs'
import type { Normalizer } from './normalizer'

const NORMALIZERS: ReadonlyMap<string, Normalizer> = new Map([ecsNormalizer, auditdNormalizer(null)].map((normalizer) => [normalizer.format, normalizer]))

const OF_HOST = 'auditd@'

/** Whether a format is raw audit records, whose processes are known by pid alone. */
export function isAuditFormat(format: string): boolean {
  return format === 'auditd' || format.startsWith(OF_HOST)
}

/** The normaliser of a format as it is stored with the records: `ecs`, `auditd`, or `auditd@HOST` for records of one host. */
export function normalizerOf(format: string): Normalizer {
  const normalizer = format.startsWith(OF_HOST) ? auditdNormalizer(format.slice(OF_HOST.length)) : NORMALIZERS.get(format)
  if (!normalizer) throw new Error(`no normaliser for the format ${format}`)
  return normalizer
}

/** The event of bytes that were stored: they were normalised once and give the same event again. */
export function readStored(format: string, raw: { toString(encoding: 'utf8'): string }): EcsEvent {
  const normalized = normalizerOf(format).normalize(raw.toString('utf8'))
  if (!normalized.ok) throw new Error(`a stored record no longer reads as ${format}: ${normalized.rejection.reason}`)
  return normalized.event
}
