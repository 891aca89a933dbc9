import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { addNoteAction, assignAction, countFacetAction, countNewAction, setItemStateAction, setStatusAction } from '@/app/(console)/alerts/actions'
import { addToCaseAction, caseOptionsAction, createCaseAction } from '@/app/(console)/cases/actions'
import { saveExceptionAction } from '@/app/(console)/exceptions/actions'
import { AlertQueue } from '@/components/alerts/alert-queue'
import { QueueEmpty } from '@/components/alerts/queue-empty'
import { loadQueueParams, toFilter, toSort } from '@/components/alerts/queue-params'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { labelsOf } from '@/lib/alerts/facet-counts'
import { countAlerts, listAlerts, newestAlertId } from '@/lib/alerts/queries'
import type { AlertFilter } from '@/lib/alerts/schema'
import { getContext } from '@/lib/web/context'

export const metadata: Metadata = { title: 'Alerts' }

const PAGE_SIZE = 100

function whyEmpty(filter: AlertFilter, newestId: number): 'none' | 'done' | 'filtered' {
  if (newestId === 0) return 'none'
  const limits = Object.keys(filter).filter((key) => key !== 'overCap')
  const undecidedOnly = limits.length === 1 && filter.status?.length === 2 && !filter.status.includes('closed')
  return undecidedOnly ? 'done' : 'filtered'
}

export default async function AlertsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = getContext()
  const params = await loadQueueParams(searchParams)
  const filter = toFilter(params)
  const list = await listAlerts(ctx, { filter, sort: toSort(params), offset: (Math.max(1, params.page) - 1) * PAGE_SIZE, limit: PAGE_SIZE })
  const folded = params.capped ? 0 : await countAlerts(ctx, { ...filter, overCap: true })
  const newestId = await newestAlertId(ctx)
  const labels = await labelsOf(ctx, filter)
  return (
    <Page layout="fill">
      <PageHeader title="Alerts" />
      <AlertQueue
        {...list}
        labels={labels}
        pageSize={PAGE_SIZE}
        folded={folded}
        newestId={newestId}
        me={ctx.actor.name}
        actions={{ setStatus: setStatusAction, assign: assignAction, addNote: addNoteAction, setItemState: setItemStateAction, countFacet: countFacetAction, countNew: countNewAction }}
        saveException={saveExceptionAction}
        addToCase={{ options: caseOptionsAction, create: createCaseAction, add: addToCaseAction }}
        empty={<QueueEmpty why={whyEmpty(filter, newestId)} />}
      />
    </Page>
  )
}
