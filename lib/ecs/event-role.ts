import type { EcsEvent } from './event'
import { fieldReader, textOf } from './event'

const readCategory = fieldReader('event.category')
const readAction = fieldReader('event.action')
const readType = fieldReader('event.type')

function holds(value: unknown, text: string): boolean {
  return Array.isArray(value) ? value.includes(text) : value === text
}

export type EventRole = 'exec' | 'fork' | 'end' | 'network' | 'process' | 'file' | 'other'

/** What kind of record this is, from event.category, event.action and event.type: for labels and icons, not for matching. */
export function eventRole(event: EcsEvent): EventRole {
  const categories = readCategory(event)
  if (holds(categories, 'network')) return 'network'
  if (holds(categories, 'process')) {
    const action = textOf(readAction(event)) ?? ''
    if (action === 'exec' || action === 'executed' || action === 'process_started') return 'exec'
    if (action === 'fork') return 'fork'
    if (action === 'end' || holds(readType(event), 'end')) return 'end'
    return holds(readType(event), 'start') ? 'exec' : 'process'
  }
  return holds(categories, 'file') ? 'file' : 'other'
}
