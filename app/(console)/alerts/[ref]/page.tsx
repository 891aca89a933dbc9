import { IconArrowsMaximize } from '@tabler/icons-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import type { SearchParams } from 'nuqs/server'
import { addNoteAction, assignAction, countFacetAction, countNewAction, nextUndecidedAction, readNowAction, setItemStateAction, setStatusAction } from '@/app/(console)/alerts/actions'
import { addToCaseAction, caseOptionsAction, createCaseAction } from '@/app/(console)/cases/actions'
import { saveExceptionAction } from '@/app/(console)/exceptions/actions'
import { AlertLayout, Surface } from '@/components/alerts/alert-layout'
import { AlertLive } from '@/components/alerts/alert-live'
import { AlertPosition } from '@/components/alerts/alert-position'
import { AlertTabs } from '@/components/alerts/alert-tabs'
import { EventRecords } from '@/components/alerts/event-records'
import { History } from '@/components/alerts/history'
import { NoteForm } from '@/components/alerts/note-form'
import { QUEUE_PAGE_SIZE, loadQueueParams, queueTotalAddress, serializeQueue, toFilter, toSort } from '@/components/alerts/queue-params'
import { Related } from '@/components/alerts/related'
import { SameAct } from '@/components/alerts/same-act'
import { RemovedNotice } from '@/components/alerts/removed-notice'
import { RetractedNotice } from '@/components/alerts/retracted-notice'
import { Story } from '@/components/alerts/story'
import { TriagePanel } from '@/components/alerts/triage-panel'
import { TruncatedNotice } from '@/components/alerts/truncated-notice'
import { Why } from '@/components/alerts/why'
import { AddToCase } from '@/components/cases/add-to-case'
import { ExcludeButton } from '@/components/exceptions/exclude-button'
import { ProcessTree } from '@/components/process-tree/process-tree'
import { Checklist } from '@/components/triage/checklist'
import { ButtonLink } from '@/components/ui/button-link'
import { visibleText } from '@/lib/text/visible-text'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import { Panel } from '@/components/ui/panel'
import { RiskScore } from '@/components/ui/risk-score'
import { SeverityBadge } from '@/components/ui/severity-badge'
import { Timestamp } from '@/components/ui/timestamp'
import { explainAlert } from '@/lib/alerts/explain-alert'
import { alertProcessTree, TREE_PREVIEW } from '@/lib/alerts/process-tree'
import { neighbours, nextUndecided } from '@/lib/alerts/queries'
import { relatedAlerts } from '@/lib/alerts/related-alerts'
import { ruleOfAlert } from '@/lib/alerts/rule-of-alert'
import { alertRef, recordsRemoved } from '@/lib/alerts/schema'
import { caseRef } from '@/lib/cases/schema'
import { readChecklist } from '@/lib/triage/read-checklist'
import { getContext } from '@/lib/web/context'
import { loadAlert } from './load-alert'
import { recordViews } from './record-views'

interface AlertPageProps {
  readonly params: Promise<{ ref: string }>
  readonly searchParams: Promise<SearchParams>
}

export async function generateMetadata({ params }: AlertPageProps): Promise<Metadata> {
  const alert = await loadAlert((await params).ref)
  return { title: `${alertRef(alert.id)} on ${alert.hostName}` }
}

export default async function AlertPage({ params, searchParams }: AlertPageProps) {
  const ctx = getContext()
  const alert = await loadAlert((await params).ref)
  const queue = await loadQueueParams(searchParams)
  const ref = alertRef(alert.id)
  const [filter, sort] = [toFilter(queue), toSort(queue)]
  const place = await neighbours(ctx, alert.id, filter, sort)
  const undecided = await nextUndecided(ctx, alert.id, filter, sort)
  const [rule, checklist, related, tree] = [
    await ruleOfAlert(ctx, alert),
    await readChecklist(ctx, alert),
    await relatedAlerts(ctx, alert),
    await alertProcessTree(ctx, alert, TREE_PREVIEW),
  ]
  // Back leads to the page of the list where the alert is, which is not always the page one came from.
  const listHref = serializeQueue('/alerts', place.position === null ? queue : { ...queue, page: Math.ceil(place.position / QUEUE_PAGE_SIZE) })
  const neighbour = (id: number | null) => (id === null ? null : { id, href: serializeQueue(`/alerts/${alertRef(id)}`, queue) })
  const byPeople = alert.history.filter(({ kind }) => ['status', 'assignee', 'checklist', 'note', 'case'].includes(kind))
  const sameAct = related.flatMap(({ relation, alerts }) => (relation === 'process' ? alerts.filter((other) => other.ruleId !== alert.ruleId) : []))
  const entry = alert.history.at(-1)?.id ?? 0
  const { events: linked, ...summary } = alert
  // The text of the records stays here: the page carries what it shows of it once, in the tab of the records.
  const records = linked.map((record) => ({ ...record, raw: '' }))
  const actions = { setStatus: setStatusAction, assign: assignAction, addNote: addNoteAction, setItemState: setItemStateAction, countFacet: countFacetAction, countNew: countNewAction, readNow: readNowAction, nextUndecided: nextUndecidedAction }
  const addToCase = { options: caseOptionsAction, create: createCaseAction, add: addToCaseAction }
  return (
    <Page>
      <PageHeader
        breadcrumb={[{ label: 'Alerts', href: listHref }]}
        title={visibleText(alert.reason)}
        meta={
          <>
            <span>{ref}</span>
            <SeverityBadge severity={alert.severity} />
            <RiskScore score={alert.riskScore} />
            <Link href={`/alerts?${new URLSearchParams({ status: 'all', host: alert.hostId }).toString()}`} prefetch={false}>
              {visibleText(alert.hostName)}
            </Link>
            <Timestamp value={alert.occurredAt} relative="beside" />
            <Link href={`/rules/${encodeURIComponent(alert.ruleId)}`} prefetch={false}>
              {visibleText(alert.ruleName)}
            </Link>
            {alert.caseIds.map((id) => (
              <Link key={id} href={`/cases/${caseRef(id)}`} prefetch={false}>
                {caseRef(id)}
              </Link>
            ))}
          </>
        }
        actions={<AlertPosition alertId={alert.id} position={place.position} total={place.total} previous={neighbour(place.previous)} next={neighbour(place.next)} listHref={listHref} />}
      />
      <AlertLive alertId={alert.id} newest={byPeople.at(-1) ?? null} />
      <SameAct alerts={sameAct} />
      <RetractedNotice retractedAt={alert.retractedAt} overCap={alert.overCap} />
      <TruncatedNotice truncated={alert.truncated} />
      <RemovedNotice missingEvents={alert.missingEvents} recordsRemovedAt={alert.recordsRemovedAt} />
      <AlertLayout
        main={
          <Surface>
            <AlertTabs
              tabs={{
                story: { content: <Story alert={{ ...summary, events: records }} /> },
                why: { content: <Why rule={rule.document} changedSince={rule.changedSince} events={records} explained={explainAlert(getContext(), rule.document, linked, recordsRemoved(alert))} /> },
                tree: {
                  count: tree.nodes.length,
                  content: (
                    <>
                      <ButtonLink href={`/alerts/${ref}/process-tree`} variant="default" size="compact-xs" mb="sm" leftSection={<IconArrowsMaximize size={13} stroke={1.8} />}>
                        Whole page
                      </ButtonLink>
                      <ProcessTree tree={tree} label={`Process tree of ${ref}`} currentAlert={ref} maxHeight="70dvh" />
                    </>
                  ),
                },
                events: { count: linked.length, content: <EventRecords records={recordViews(alert)} /> },
                related: { count: related.find(({ relation }) => relation === 'host')?.total ?? 0, content: <Related alert={alert} groups={related} /> },
                history: { count: alert.history.length, content: <History entries={alert.history} /> },
              }}
            />
          </Surface>
        }
        side={
          <>
            <Panel title="Verdict">
              <TriagePanel
                alert={summary}
                decided={alert.history.findLast((entry) => entry.kind === 'status') ?? null}
                me={ctx.actor.name}
                actions={actions}
                entry={entry}
                list={{
                  filter,
                  sort,
                  href: listHref,
                  address: queueTotalAddress(queue),
                  search: serializeQueue('', queue),
                  left: undecided.left,
                  total: place.total,
                  hasNext: undecided.next !== null,
                }}
              >
                <AddToCase target={{ ids: [alert.id] }} count={1} actions={addToCase} inCases={alert.caseIds} />
                <ExcludeButton alertId={alert.id} save={saveExceptionAction} />
              </TriagePanel>
            </Panel>
            <Panel title="Checklist" description={`${checklist.done} of ${checklist.total} steps settled${checklist.followUps > 0 ? `, ${checklist.followUps} to follow up` : ''}`} flush>
              <Checklist key={alert.id} alertId={alert.id} checklist={checklist} me={ctx.actor.name} entry={entry} setItemState={setItemStateAction} />
            </Panel>
            <Panel title="Note">
              <NoteForm key={alert.id} alertId={alert.id} addNote={addNoteAction} />
            </Panel>
          </>
        }
      />
    </Page>
  )
}
