import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { addNoteAction, assignAction, countFacetAction, countNewAction, nextUndecidedAction, readNowAction, setItemStateAction, setStatusAction } from '@/app/(console)/alerts/actions'
import { addToCaseAction, caseOptionsAction, createCaseAction } from '@/app/(console)/cases/actions'
import { saveExceptionAction } from '@/app/(console)/exceptions/actions'
import { AlertQueue } from '@/components/alerts/alert-queue'
import { QueueEmpty } from '@/components/alerts/queue-empty'
import { QUEUE_PAGE_SIZE, loadQueueParams, queueTotalAddress, serializeQueue, toFilter, toSort } from '@/components/alerts/queue-params'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { newestEntry } from '@/lib/audit/record-act'
import { labelsOf } from '@/lib/alerts/facet-counts'
import { countAlerts, newestAlertId, selectAlerts } from '@/lib/alerts/queries'
import type { AlertFilter } from '@/lib/alerts/schema'
import { getContext } from '@/lib/web/context'

export const metadata: Metadata = { title: 'Alerts' }

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
  // First, so that no entry is taken for seen whose change the rows do not show.
  const entry = await newestEntry(ctx.db)
  const total = await countAlerts(ctx, filter)
  // What was on the last page may have been closed meanwhile: the page that is left is the one before.
  const page = Math.min(Math.max(1, params.page), Math.max(1, Math.ceil(total / QUEUE_PAGE_SIZE)))
  const rows = await selectAlerts(ctx, { filter, sort: toSort(params), offset: (page - 1) * QUEUE_PAGE_SIZE, limit: QUEUE_PAGE_SIZE })
  const folded = params.capped ? 0 : await countAlerts(ctx, { ...filter, overCap: true })
  const newestId = await newestAlertId(ctx)
  const labels = await labelsOf(ctx, filter)
  return (
    <Page layout="fill">
      <PageHeader title="Alerts" />
      <AlertQueue
        address={serializeQueue('/alerts', { ...params, page })}
        listAddress={queueTotalAddress(params)}
        rows={rows}
        entry={entry}
        page={page}
        total={total}
        labels={labels}
        pageSize={QUEUE_PAGE_SIZE}
        folded={folded}
        newestId={newestId}
        me={ctx.actor.name}
        actions={{ setStatus: setStatusAction, assign: assignAction, addNote: addNoteAction, setItemState: setItemStateAction, countFacet: countFacetAction, countNew: countNewAction, readNow: readNowAction, nextUndecided: nextUndecidedAction }}
        saveException={saveExceptionAction}
        addToCase={{ options: caseOptionsAction, create: createCaseAction, add: addToCaseAction }}
        empty={<QueueEmpty why={whyEmpty(filter, newestId)} />}
      />
    </Page>
  )
}
