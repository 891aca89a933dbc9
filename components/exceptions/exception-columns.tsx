import { ActionIcon, Switch, Tooltip } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import Link from 'next/link'
import { ConditionWords } from '@/components/exceptions/condition-words'
import { HidesBadge } from '@/components/exceptions/hides-badge'
import { StateBadge } from '@/components/exceptions/state-badge'
import type { DataColumn } from '@/components/ui/data-table/data-column'
import { RelativeAge } from '@/components/ui/relative-age'
import { alertRef } from '@/lib/alerts/schema'
import { exceptionRef, exceptionState, isInForce, type ExceptionRecord } from '@/lib/exceptions/schema'
import classes from './exception-list.module.css'

interface ColumnActions {
  /** Epoch milliseconds: what is expired depends on it. */
  readonly now: number
  /** Exceptions whose switch is on its way to the server. */
  readonly pending: ReadonlySet<number>
  readonly onEnabled: (exception: ExceptionRecord, enabled: boolean) => void
  readonly onEdit: (exception: ExceptionRecord) => void
  readonly onDelete: (exception: ExceptionRecord) => void
}

/** `This rule` would not say which; a stage is named by its number, as only the rule knows what its records are. */
function Scope({ exception: { ruleId, ruleName, stage } }: { exception: ExceptionRecord }) {
  return (
    <span className={classes.clamp}>
      {ruleId === null ? 'All rules' : (ruleName ?? `${ruleId} (no longer there)`)}
      {stage !== null && <span className={classes.quiet}> · stage {stage + 1} only</span>}
    </span>
  )
}

/** What it hides stands beside what it says, where there is room for it. */
function Conditions({ exception, now }: { exception: ExceptionRecord; now: number }) {
  const hides = isInForce(exceptionState(exception, now)) ? exception.hides : []
  return (
    <span className={classes.stack}>
      <ConditionWords entries={exception.entries} lines={hides.length > 0 ? 2 : 4} />
      <HidesBadge hides={hides} />
    </span>
  )
}

/** The columns of the list of exceptions. */
export function exceptionColumns({ now, pending, onEnabled, onEdit, onDelete }: ColumnActions): ReadonlyArray<DataColumn<ExceptionRecord>> {
  return [
    {
      id: 'name',
      header: 'Name',
      width: 208,
      multiline: true,
      sortBy: ({ name }) => name,
      cell: ({ name, reason }) => (
        <span className={classes.clamp} title={`${name}\n${reason}`}>
          {name}
          <span className={classes.reason}>{reason}</span>
        </span>
      ),
    },
    // Beside the name and not in it: the name opens the editor, and a link within a button is none.
    { id: 'ref', header: 'Page', width: 60, sortBy: ({ id }) => id, cell: ({ id }) => <Link href={`/exceptions/${exceptionRef(id)}`}>{exceptionRef(id)}</Link> },
    { id: 'conditions', header: 'Conditions', minWidth: 270, multiline: true, cell: (exception) => <Conditions exception={exception} now={now} /> },
    { id: 'scope', header: 'Applies to', width: 148, multiline: true, sortBy: ({ ruleName }) => ruleName ?? '', cell: (exception) => <Scope exception={exception} /> },
    {
      id: 'owner',
      header: 'By',
      width: 118,
      multiline: true,
      sortBy: ({ createdAt }) => createdAt,
      sortDescFirst: true,
      cell: ({ createdBy, createdAt, alertId }) => (
        <span className={classes.stack}>
          {createdBy}
          <span className={classes.quiet}>
            <RelativeAge value={createdAt} />
            {alertId !== null && (
              <>
                {' '}
                from <a href={`/alerts/${alertRef(alertId)}`}>{alertRef(alertId)}</a>
              </>
            )}
          </span>
        </span>
      ),
    },
    {
      id: 'expires',
      header: 'State',
      width: 122,
      multiline: true,
      sortBy: ({ expiresAt }) => expiresAt,
      cell: (exception) => (
        <span className={classes.stack}>
          <StateBadge state={exceptionState(exception, now)} />
          <span className={classes.quiet}>{exception.expiresAt === null ? 'never expires' : <>ends <RelativeAge value={exception.expiresAt} isPlanned /></>}</span>
        </span>
      ),
    },
    {
      id: 'hits',
      header: 'Held back',
      width: 100,
      align: 'end',
      multiline: true,
      sortBy: ({ hits }) => hits,
      sortDescFirst: true,
      cell: ({ id, hits, lastHitAt }) => (
        <span className={classes.stack}>
          {hits === 0 ? (
            '0'
          ) : (
            <Link href={`/exceptions/${exceptionRef(id)}`} aria-label={`${hits.toLocaleString('en')} held back by ${exceptionRef(id)}`}>
              {hits.toLocaleString('en')}
            </Link>
          )}
          <span className={classes.quiet}>{lastHitAt === null ? 'never yet' : <RelativeAge value={lastHitAt} />}</span>
        </span>
      ),
    },
    {
      id: 'actions',
      header: 'On',
      width: 124,
      cell: (exception) => (
        <span className={classes.actions}>
          <Switch
            aria-label={`${exceptionRef(exception.id)} enabled`}
            checked={exception.enabled}
            disabled={pending.has(exception.id)}
            onChange={(event) => onEnabled(exception, event.currentTarget.checked)}
          />
          <Tooltip label="Edit">
            <ActionIcon aria-label={`Edit ${exceptionRef(exception.id)}`} onClick={() => onEdit(exception)}>
              <IconPencil size={16} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Delete">
            <ActionIcon aria-label={`Delete ${exceptionRef(exception.id)}`} onClick={() => onDelete(exception)}>
              <IconTrash size={16} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        </span>
      ),
    },
  ]
}
