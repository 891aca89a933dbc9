import { didYouMean } from '@/lib/lang/did-you-mean'
import { ecsField, ecsFields } from '@/lib/ecs/fields'
import type { EcsEvent } from '@/lib/ecs/event'
import { readField } from '@/lib/ecs/event'
import type { ExceptionEntry, UnknownField } from './schema'

/** Parts of ECS that are read by another name are not fields of an event: an exception asks for the field itself. */
function isKnownField(name: string): boolean {
  const info = ecsField(name)
  if (info !== undefined) return info.path === undefined
  const below = `${name}.`
  for (const known of ecsFields().keys()) if (known.startsWith(below)) return true
  return false
}

/** The fields of conditions that the Elastic Common Schema does not have, each once. */
export function fieldsToLookFor(entries: readonly ExceptionEntry[]): readonly string[] {
  return [...new Set(entries.map(({ field }) => field))].filter((field) => !isKnownField(field))
}

/** Known fields with nearly that name, best first. */
export function nearestFields(field: string, others: Iterable<string> = []): readonly string[] {
  const alias = ecsField(field)?.path
  if (alias !== undefined) return [alias]
  const names = [...new Set([...others, ...ecsFields().keys()])]
  const near = didYouMean(field, names)
  if (near.length > 0) return near
  // `parent.executable`, `process.exe`: the last part, or the beginning, is right.
  const last = field.slice(field.lastIndexOf('.') + 1).toLowerCase()
  return names.filter((name) => name.endsWith(`.${field}`) || (last.length > 2 && name.startsWith(`${field.slice(0, field.lastIndexOf('.'))}.${last}`))).slice(0, 3)
}

/** Whether a record has a field, in whatever way it spells it. */
export function hasField(event: EcsEvent, field: string): boolean {
  const value = readField(event, field)
  return value !== undefined && value !== null
}

/** What is wrong with a field that is neither known nor in any event, in a sentence. */
export function unknownFieldWords({ field, nearest, scanned, truncated }: UnknownField): string {
  const where = truncated ? `none of the newest ${scanned.toLocaleString('en')} stored events has it` : 'no stored event has it'
  const meant = nearest.length === 0 ? '' : ` Did you mean ${nearest.join(' or ')}?`
  return `${field} is no field of the Elastic Common Schema, and ${where}.${meant}`
}
