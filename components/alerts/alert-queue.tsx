'use client'

import { Button } from '@mantine/core'
import { IconBellRinging, IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useQueryStates } from 'nuqs'
import { useEffect, useMemo, useRef, useState, useTransition, type ReactNode } from 'react'
import type { AlertActions } from '@/components/alerts/alert-actions'
import { CloseDialog } from '@/components/alerts/close-dialog'
import { QUEUE_COLUMNS } from '@/components/alerts/queue-columns'
import { QueueChips } from '@/components/alerts/queue-chips'
import type { QueueChange } from '@/components/alerts/queue-facets'
import { QueueFilters } from '@/components/alerts/queue-filters'
import { queueParams, serializeQueue, toFilter } from '@/components/alerts/queue-params'
import { QueueSelection } from '@/components/alerts/queue-selection'
import { useLiveRows } from '@/components/alerts/use-live-rows'
import { useNewAlerts } from '@/components/alerts/use-new-alerts'
import { useQueueCommands } from '@/components/alerts/use-queue-commands'
import { useTriage } from '@/components/alerts/use-triage'
import type { Meant, Refusal } from '@/components/alerts/use-triage'
import { AddToCase } from '@/components/cases/add-to-case'
import type { AddToCaseActions } from '@/components/cases/case-actions'
import { ExceptionDialog } from '@/components/exceptions/exception-dialog'
import type { SaveException } from '@/components/exceptions/exception-actions'
import { DataTable } from '@/components/ui/data-table/data-table'
import { rememberTotal } from '@/components/ui/data-table/list-place'
import { useCurrentRow } from '@/components/ui/data-table/use-row-cursor'
import type { CursorHandle } from '@/components/ui/data-table/use-row-cursor'
import { useUndone } from '@/components/ui/undo/undo-provider'
import { ALERT_SORTS, alertRef, describeAlerts } from '@/lib/alerts/schema'
import type { AlertSummary, AlertTarget, FacetLabels, Verdict } from '@/lib/alerts/schema'
import classes from './queue.module.css'

interface AlertQueueProps {
  /** The list's address, under which its place is kept: it comes with the rows, later than the browser's. */
  readonly address: string
  /** The address without page and order, under which its total is kept. */
  readonly listAddress: string
  readonly rows: readonly AlertSummary[]
  /** The newest entry of history the rows show. */
  readonly entry: number
  /** The page that is shown, which may be nearer than the one asked for. */
  readonly page: number
  readonly total: number
  /** Names of the rules and hosts that the filter names. */
  readonly labels: FacetLabels
  readonly pageSize: number
  /** Alerts beyond their rule's max_signals that the list leaves out. */
  readonly folded: number
  /** The newest alert there was when the page was rendered. */
  readonly newestId: number
  readonly me: string
  readonly actions: AlertActions
  readonly saveException: SaveException
  readonly addToCase: AddToCaseActions
  readonly empty: ReactNode
}

const NOBODY: ReadonlySet<string> = new Set()

/** The queue: facets, search, sorting, selection; and triage from the keyboard without opening an alert. */
export function AlertQueue(props: AlertQueueProps) {
  const { address, listAddress, page, total, labels, pageSize, folded, newestId, me, actions, empty } = props
  const router = useRouter()
  const [loading, startTransition] = useTransition()
  const [params, setParams] = useQueryStates(queueParams, { shallow: false, history: 'push', startTransition })
  const [selected, setSelected] = useState(NOBODY)
  const [isWide, setWide] = useState(false)
  const [closing, setClosing] = useState<Verdict>()
  const [excluding, setExcluding] = useState<number>()
  const table = useRef<CursorHandle>(null)
  const { rows, seen } = useLiveRows(props.rows, props.entry, actions.readNow)
  const rowIds = useMemo(() => rows.map(({ id }) => String(id)), [rows])
  const cursor = useCurrentRow(address, rowIds)
  const triage = useTriage({ actions, seen })
  const filter = useMemo(() => toFilter(params), [params])
  const fresh = useNewAlerts(actions.countNew, filter, newestId)

  useEffect(() => rememberTotal(listAddress, total), [listAddress, total])
  // What was undone is what somebody wants to look at again.
  useUndone(({ alerts, alertIds: [first] }) => {
    if (alerts === 1 && first !== undefined) table.current?.pointAt(String(first))
  })

  const select = (next: ReadonlySet<string>) => {
    setSelected(next)
    setWide(false)
  }
  const change = (wanted: QueueChange) => {
    select(NOBODY)
    void setParams({ page: null, ...wanted })
  }
  const href = (alert: AlertSummary) => serializeQueue(`/alerts/${alertRef(alert.id)}`, params)

  // Rows that a change took out of the list are no longer chosen.
  const chosen = rows.filter(({ id }) => selected.has(String(id)))
  const current = rows.find(({ id }) => String(id) === cursor)
  const targets = chosen.length > 0 ? chosen : current ? [current] : []
  const ids = targets.map(({ id }) => id)
  const target: AlertTarget | undefined = isWide ? { filter } : ids.length > 0 ? { ids } : undefined
  const count = isWide ? total : ids.length
  /** What is done is no longer chosen; what was refused stays chosen. */
  const finish = async (work: Promise<Refusal | undefined>) => {
    const refused = await work
    if (refused === undefined) select(NOBODY)
    return refused
  }
  const acknowledge = () => target && void finish(triage.move(target, 'acknowledged'))
  /** With a verdict the work on these rows is done, whether or not the list keeps them: on to the next. */
  const close = async (verdict: Verdict, note: string, meant: Meant | undefined): Promise<Refusal | undefined> => {
    if (!target) return { message: 'No alert is selected.' }
    const refused = await finish(triage.close(target, verdict, note, meant))
    if (refused) return refused
    setClosing(undefined)
    table.current?.advance(new Set(isWide ? rowIds : ids.filter((id) => !meant?.leave.includes(id)).map(String)))
    return undefined
  }

  useQueueCommands({
    enabled: target !== undefined,
    what: describeAlerts(ids, count),
    single: count === 1 ? targets[0] : undefined,
    onAcknowledge: acknowledge,
    onClose: setClosing,
    onExclude: (alert) => setExcluding(alert.id),
    onNote: (alert) => router.push(`${href(alert)}#note`),
  })

  const addToCase = target && <AddToCase target={target} count={count} actions={props.addToCase} onDone={() => select(NOBODY)} />
  const pages = Math.max(1, Math.ceil(total / pageSize))
  const from = total === 0 ? 0 : (page - 1) * pageSize + 1
  return (
    <>
      <DataTable
        label="Alerts"
        address={address}
        cursor={table}
        storageKey="alerts"
        height="fill"
        rowHeight={58}
        rows={rows}
        rowId={(alert) => String(alert.id)}
        rowLabel={(alert) => alertRef(alert.id)}
        columns={QUEUE_COLUMNS}
        href={href}
        total={total}
        loading={loading}
        sort={{ id: params.sort, desc: params.order === 'desc' }}
        onSortChange={({ id, desc }) => change({ sort: ALERT_SORTS.find((known) => known === id) ?? null, order: desc ? 'desc' : 'asc' })}
        selected={selected}
        onSelectedChange={select}
        empty={empty}
        toolbar={
          <>
          {chosen.length === 0 ? (
            <QueueFilters params={params} filter={filter} labels={labels} countFacet={actions.countFacet} onChange={change}>
              {fresh > 0 && (
                <Button className={classes.fresh} leftSection={<IconBellRinging size={14} stroke={1.8} />} onClick={() => router.refresh()}>
                  {fresh.toLocaleString('en')} new
                </Button>
              )}
            </QueueFilters>
          ) : (
            <QueueSelection
              count={count}
              isWide={isWide}
              widen={!isWide && chosen.length === rows.length && total > rows.length ? { total, onWiden: () => setWide(true) } : undefined}
              me={me}
              busy={triage.pending}
              onAcknowledge={acknowledge}
              onClose={() => setClosing('false_positive')}
              onAssign={(assignee) => target && void finish(triage.assign(target, assignee))}
              onClear={() => select(NOBODY)}
            >
              {addToCase}
            </QueueSelection>
          )}
          <QueueChips params={params} labels={labels} onChange={change} />
          </>
        }
        footer={
          <>
            <span>
              {total === 0 ? 'No alerts' : `${from.toLocaleString('en')}–${(from + rows.length - 1).toLocaleString('en')} of ${total.toLocaleString('en')}`}
            </span>
            {(folded > 0 || params.capped) && (
              <span className={classes.folded}>
                {params.capped ? 'Alerts beyond max_signals are shown.' : `${folded.toLocaleString('en')} more beyond their rule’s max_signals are folded away.`}
                <Button variant="subtle" size="compact-xs" onClick={() => change({ capped: params.capped ? null : true })}>
                  {params.capped ? 'Fold away' : 'Show'}
                </Button>
              </span>
            )}
            {pages > 1 && (
              <nav className={classes.pages} aria-label="Pages">
                <Button variant="default" size="compact-xs" leftSection={<IconChevronLeft size={14} />} disabled={page <= 1} onClick={() => change({ page: page - 1 })}>
                  Previous
                </Button>
                <span>
                  Page {page.toLocaleString('en')} of {pages.toLocaleString('en')}
                </span>
                <Button variant="default" size="compact-xs" rightSection={<IconChevronRight size={14} />} disabled={page >= pages} onClick={() => change({ page: page + 1 })}>
                  Next
                </Button>
              </nav>
            )}
          </>
        }
      />
      {/* Its key also works for the row under the cursor, where there is no button for it. */}
      {chosen.length === 0 && <div hidden>{addToCase}</div>}
      <CloseDialog
        verdict={closing}
        what={isWide ? `all ${total.toLocaleString('en')} matching alerts` : describeAlerts(ids, count)}
        count={count}
        unsettled={isWide ? 0 : targets.reduce((sum, alert) => sum + alert.checklistTotal - alert.checklistDone, 0)}
        canLeave={!isWide}
        onCancel={() => setClosing(undefined)}
        onClose={close}
      />
      <ExceptionDialog source={excluding === undefined ? undefined : { kind: 'alert', alertId: excluding }} onClose={() => setExcluding(undefined)} save={props.saveException} />
    </>
  )
}
