import { IconArrowIteration, IconChevronRight, IconGhost2, IconGitFork } from '@tabler/icons-react'
import { visibleText } from '@/lib/text/visible-text'
import type { ProcessNode, ProcessRow } from '@/lib/process-tree/index'
import { AlertMark } from './alert-mark'
import { Cell } from './cell'
import { CommandText } from './command-text'
import { Kind } from './kind'
import { ConnectionPills } from './connection-pills'
import { Indent } from './indent'
import classes from './process-tree.module.css'
import { TreeTime, type TreeClock } from './tree-time'

interface ProcessCellsProps {
  readonly row: ProcessRow
  /** What the process was before its exec, where that was a program of its own and no mere fork. */
  readonly before: ProcessNode | null
  readonly clock: TreeClock
  readonly currentAlert: string | undefined
  readonly onToggle: () => void
}

function exitText(node: ProcessNode): string {
  if (node.endedAt === null) return ''
  return node.exitCode === null ? 'ended' : String(node.exitCode)
}

function ExitCell({ node }: { node: ProcessNode }) {
  if (node.execTo !== null) {
    return (
      <span className={classes.quiet} title="Did not end: became the program of the next row">
        exec
      </span>
    )
  }
  const text = exitText(node)
  if (text === '') return <span className={classes.none} title="No end is stored">–</span>
  return (
    <span className={classes.exit} data-failed={(node.exitCode ?? 0) !== 0 || undefined} title={`Ended ${node.endedAt ?? ''}`}>
      {text}
    </span>
  )
}

/** The cells of a process: what it is, its command line, whose it is, when it began, how it ended, what else is known. */
export function ProcessCells({ row, before, clock, currentAlert, onToggle }: ProcessCellsProps) {
  const { node } = row
  // The rest of several alerts is in the details: a row has room for one.
  const first = node.alerts.find((alert) => alert.id === currentAlert) ?? node.alerts[0]
  const name = node.name === null ? null : visibleText(node.name)
  return (
    <>
      <Cell column="process">
        <Indent level={row.level} guides={row.guides} last={row.last} />
        {/* A mouse's way to what the row's own keys do; a second stop for the keyboard would only be in the way. */}
        <span className={classes.twist} data-open={row.expanded || undefined} data-leaf={row.hasChildren ? undefined : 'wide'} onClick={row.hasChildren ? onToggle : undefined} aria-hidden="true">
          {row.hasChildren && <IconChevronRight size={14} stroke={2} />}
        </span>
        {node.evidence === 'ghost' && <Kind icon={IconGhost2} words="Not recorded itself" />}
        {node.began === 'fork' && <Kind icon={IconGitFork} words="Fork: the program of its parent" />}
        <span className={classes.name} title={name ?? undefined}>
          {name ?? 'unrecorded'}
        </span>
        {node.pid !== null && <span className={classes.pid}>{node.pid}</span>}
        {before && (
          <span className={classes.step} title={`The same process (pid ${node.pid ?? '?'}), after an exec: it was ${before.name ?? 'another program'}`}>
            <IconArrowIteration size={12} stroke={1.8} aria-hidden="true" />
            <span className={classes.stepWords}>was {before.name === null ? 'another' : visibleText(before.name)}</span>
          </span>
        )}
      </Cell>
      <Cell column="command">
        {node.commandLine === null ? <span className={classes.none}>–</span> : <CommandText text={node.commandLine} />}
      </Cell>
      <Cell column="seen">
        {first && <AlertMark alert={first} current={first.id === currentAlert} />}
        {node.alerts.length > 1 && (
          <span className={classes.quiet} title={node.alerts.map((alert) => alert.id).join(', ')}>
            +{node.alerts.length - 1}
          </span>
        )}
        <ConnectionPills node={node} />
      </Cell>
      <Cell column="user">
        {node.userBefore !== null && (
          <span className={classes.changed} title={`The parent ran as ${visibleText(node.userBefore)}`}>
            {visibleText(node.userBefore)} →{' '}
          </span>
        )}
        <span data-changed={node.userBefore !== null || undefined}>{node.user === null ? '–' : visibleText(node.user)}</span>
      </Cell>
      <Cell column="tty">
        {node.tty === null ? (
          <span className={classes.none} title={node.ttyChange === 'lost' ? 'The parent has a terminal, this process has none' : 'No terminal'}>
            {node.ttyChange === 'lost' ? 'detached' : '–'}
          </span>
        ) : (
          <span data-changed={node.ttyChange !== null || undefined} title={node.interactive ? 'Interactive' : 'Has a terminal'}>
            {visibleText(node.tty)}
          </span>
        )}
      </Cell>
      <Cell column="started">
        <TreeTime value={node.startedAt} clock={clock} sinceMs={node.sinceParentMs} />
      </Cell>
      <Cell column="exit">
        <ExitCell node={node} />
      </Cell>
    </>
  )
}
