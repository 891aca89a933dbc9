import type { EcsEvent } from '@/lib/ecs/event'
import { ecsNormalizer } from './ecs'
import type { Normalizer } from './normalizer'

const NORMALIZERS: ReadonlyMap<string, Normalizer> = new Map([ecsNormalizer].map((normalizer) => [normalizer.format, normalizer]))

export function normalizerOf(format: string): Normalizer {
  const normalizer = NORMALIZERS.get(format)
  if (!normalizer) throw new Error(`no normaliser for the format ${format}`)
  return normalizer
}

/** The event of bytes that were stored: they were normalised once and give the same event again. */
export function readStored(format: string, raw: { toString(encoding: 'utf8'): string }): EcsEvent {
  const normalized = normalizerOf(format).normalize(raw.toString('utf8'))
  if (!normalized.ok) throw new Error(`a stored record no longer reads as ${format}: ${normalized.rejection.reason}`)
  return normalized.event
}
