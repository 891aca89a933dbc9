import { enrichedOf } from '@/lib/ecs/enriched'
import type { EcsEvent } from '@/lib/ecs/event'
import { readText } from '@/lib/ecs/event'
import { eventRole } from '@/lib/ecs/event-role'
import { LIMITS } from '@/lib/limits'
import type { RecordFacts } from './model'

/** The record itself is in the export whole; what is quoted from it has an end. */
function read(event: EcsEvent, ...fields: readonly string[]): string | null {
  for (const field of fields) {
    const text = readText(event, field)
    if (text !== undefined && text !== '') return text.length > LIMITS.treeText ? `${text.slice(0, LIMITS.treeText)}… [${text.length} characters]` : text
  }
  return null
}

function endpoint(event: EcsEvent, side: 'source' | 'destination'): string | null {
  const address = read(event, `${side}.ip`, `${side}.address`, `${side}.domain`)
  const port = read(event, `${side}.port`)
  if (address === null || port === null) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** What the report tells of a record. Pure. */
export function recordFacts(event: EcsEvent): RecordFacts {
  const hostId = read(event, 'host.id') ?? ''
  return {
    role: eventRole(event),
    action: read(event, 'event.action'),
    hostId,
    hostName: read(event, 'host.name', 'host.hostname') ?? hostId,
    processEntityId: read(event, 'process.entity_id'),
    parentEntityId: read(event, 'process.parent.entity_id'),
    pid: read(event, 'process.pid'),
    processName: read(event, 'process.name'),
    executable: read(event, 'process.executable'),
    commandLine: read(event, 'process.command_line'),
    workingDirectory: read(event, 'process.working_directory'),
    parentName: read(event, 'process.parent.name'),
    parentExecutable: read(event, 'process.parent.executable'),
    user: read(event, 'user.name', 'process.user.name', 'user.id'),
    source: endpoint(event, 'source'),
    destination: endpoint(event, 'destination'),
    transport: read(event, 'network.transport'),
    filledIn: enrichedOf(event),
  }
}
