import type { EcsEvent } from './event'
import { readText, readValues } from './event'

export type EventRole = 'exec' | 'fork' | 'end' | 'network' | 'process' | 'file' | 'other'

/** What kind of record this is, from event.category, event.action and event.type: for labels and icons, not for matching. */
export function eventRole(event: EcsEvent): EventRole {
  const categories = readValues(event, 'event.category')
  if (categories.includes('network')) return 'network'
  if (categories.includes('process')) {
    const action = readText(event, 'event.action') ?? ''
    const types = readValues(event, 'event.type')
    if (action === 'exec' || action === 'executed' || action === 'process_started') return 'exec'
    if (action === 'fork') return 'fork'
    if (action === 'end' || types.includes('end')) return 'end'
    return types.includes('start') ? 'exec' : 'process'
  }
  return categories.includes('file') ? 'file' : 'other'
}
