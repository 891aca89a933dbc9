import { CommandLine } from '@/components/ui/command-line/command-line'
import { KeyValueList, type KeyValue } from '@/components/ui/key-value-list'
import { Mono } from '@/components/ui/machine-text/mono'
import { visibleText } from '@/lib/text/visible-text'
import { Timestamp } from '@/components/ui/timestamp'
import type { ProcessNode } from '@/lib/process-tree/index'
import { AlertMark } from './alert-mark'
import classes from './process-tree.module.css'

const EVIDENCE = {
  start: null,
  partial: 'Only its connections, changes or end are stored: neither exec nor fork.',
  ghost: 'No record of its own is stored. What is shown comes from the records of its children.',
} as const

function AlertMarks({ node, currentAlert }: { node: ProcessNode; currentAlert: string | undefined }) {
  return (
    <span className={classes.marks}>
      {node.alerts.map((alert) => (
        <AlertMark key={alert.id} alert={alert} current={alert.id === currentAlert} inTabOrder />
      ))}
    </span>
  )
}

function entryText(node: ProcessNode): string | null {
  if (node.entryType === null) return null
  return node.entrySourceIp === null ? node.entryType : `${node.entryType} from ${node.entrySourceIp}`
}

function fieldsOf(node: ProcessNode, currentAlert: string | undefined): readonly KeyValue[] {
  const text = (field: string, value: string | number | null, highlighted = false): KeyValue[] =>
    value === null ? [] : [{ field, value: <Mono>{String(value)}</Mono>, copy: String(value), highlighted }]
  const temporary = /^\/(?:var\/)?tmp(?:\/|$)|^\/dev\/shm(?:\/|$)/
  return [
    ...text('process.executable', node.executable, temporary.test(node.executable ?? '')),
    ...text('process.working_directory', node.workingDirectory, temporary.test(node.workingDirectory ?? '')),
    ...text('process.pid', node.pid),
    ...text('process.entity_id', node.key.startsWith('pid ') ? null : node.key),
    ...text('user.name', node.user, node.userBefore !== null),
    ...text('process.tty', node.tty),
    ...(node.interactive === null ? [] : [{ field: 'process.interactive', value: node.interactive ? 'yes' : 'no' }]),
    ...text('process.entry_leader.entry_meta.type', entryText(node)),
    ...(node.startedAt === null ? [] : [{ field: 'process.start', value: <Timestamp value={node.startedAt} /> }]),
    ...(node.endedAt === null ? [] : [{ field: 'process.end', value: <Timestamp value={node.endedAt} /> }]),
    ...text('process.exit_code', node.exitCode, (node.exitCode ?? 0) !== 0),
    ...(node.alerts.length === 0 ? [] : [{ field: 'alerts', label: 'Alerts', value: <AlertMarks node={node} currentAlert={currentAlert} /> }]),
    { field: 'events', label: 'Stored events', value: node.eventIds.length.toLocaleString('en') },
  ]
}

/** Everything the tree knows of the process the keyboard is on: the whole command line, decoded, and its fields. */
export function ProcessDetails({ node, currentAlert }: { node: ProcessNode; currentAlert: string | undefined }) {
  const name = visibleText(node.name ?? 'unrecorded process')
  const note = EVIDENCE[node.evidence]
  return (
    <section className={classes.details} aria-label={`Details of ${name}`}>
      <h3 className={classes.detailsTitle}>
        {name}
        {node.pid !== null && <span className={classes.pid}>{node.pid}</span>}
      </h3>
      {note !== null && <p className={classes.detailsNote}>{note}</p>}
      {node.commandLine !== null && <CommandLine key={node.key} text={node.commandLine} label={`Command line of ${name}`} />}
      <KeyValueList items={fieldsOf(node, currentAlert)} />
    </section>
  )
}
