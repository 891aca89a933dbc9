import type { Context } from '@/lib/auth/context'
import { eventRole } from '@/lib/ecs/event-role'
import { readLinkedEvents } from './linked-events'
import type { AlertEvent } from './schema'

const ALERTS = 5

/** One stored event as an alert would show it, with the newest alerts that link it; null when it is not stored. */
export async function readStoredEvent({ db, events }: Pick<Context, 'db' | 'events'>, eventId: number): Promise<(AlertEvent & { readonly alertIds: readonly number[] }) | null> {
  const [event] = readLinkedEvents(events, [{ position: 0, role: 'other', stage: 0, eventId }])
  if (!event) return null
  const links = await db.alertEvent.findMany({ where: { eventId }, orderBy: { alertId: 'desc' }, take: ALERTS, distinct: ['alertId'], select: { alertId: true } })
  return { ...event, role: eventRole(event.event), alertIds: links.map(({ alertId }) => alertId) }
}
