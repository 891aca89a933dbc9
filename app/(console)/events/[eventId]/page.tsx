import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { recordView } from '@/app/(console)/alerts/[ref]/record-views'
import { EventRecords } from '@/components/alerts/event-records'
import { ButtonLink } from '@/components/ui/button-link'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { Panel } from '@/components/ui/panel'
import { Timestamp } from '@/components/ui/timestamp'
import { alertRef } from '@/lib/alerts/schema'
import { readStoredEvent } from '@/lib/alerts/stored-event'
import { getContext } from '@/lib/web/context'

export const metadata: Metadata = { title: 'Event' }

/** One stored event with all its fields, whether or not an alert links it. */
export default async function EventPage({ params }: { params: Promise<{ eventId: string }> }) {
  const { eventId } = await params
  const event = /^\d{1,15}$/.test(eventId) ? await readStoredEvent(getContext(), Number(eventId)) : null
  if (!event) notFound()
  const view = recordView({ ...event, position: 0 }, `/events/${event.eventId}/raw`)
  return (
    <Page>
      <PageHeader
        title={view.name === '' ? `${event.role} record` : `${view.name}, ${event.role} record`}
        description={<Timestamp value={event.timestamp} relative="beside" />}
        actions={event.alertIds.map((id) => (
          <ButtonLink key={id} href={`/alerts/${alertRef(id)}`} variant="default">
            {alertRef(id)}
          </ButtonLink>
        ))}
      />
      <Panel title="Record">
        <EventRecords records={[view]} />
      </Panel>
    </Page>
  )
}
