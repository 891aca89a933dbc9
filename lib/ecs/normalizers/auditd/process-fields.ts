import { pidEntityId } from '@/lib/ecs/process-id'
import type { AuditEvent } from './audit-event'
import { titleArguments } from './exec-arguments'
import type { AuditRecord } from './record'
import { terminalDevice } from './terminal'
import { absolutePath, baseName, wholeNumber } from './text-value'

type Fields = Readonly<Record<string, unknown>>

/** Longest name the kernel keeps of a task; a longer one is cut. */
const COMM_LENGTH = 15
/** Largest pid Linux gives: 2^22. A larger number in a record is not one. */
const MAX_PID = 4_194_304

export function pidOf(text: string | undefined): number | undefined {
  const pid = wholeNumber(text)
  return pid !== undefined && pid <= MAX_PID ? pid : undefined
}

/** The file that was asked for: the first PATH, made absolute where the process was. */
function askedFor(event: AuditEvent): { readonly name: string; readonly path: string } | undefined {
  const first = event.paths.find((path) => path.word('item') === '0')
  const name = first?.text('name')
  return name === undefined ? undefined : { name, path: absolutePath(name, event.first('CWD')?.text('cwd')) }
}

/**
 * The program of a successful exec. `exe` is what runs; of a script that is its interpreter, and then the script is the
 * program, as sensors that watch the exec itself have it: rules name /etc/update-motd.d/…, not /usr/bin/dash. A script shows
 * in that the kernel put its name among the arguments behind the interpreter's, and gave the task its name.
 */
function executedFile(event: AuditEvent, call: AuditRecord, args: readonly string[]): string | undefined {
  const exe = call.text('exe')
  const asked = askedFor(event)
  if (asked === undefined) return exe
  const comm = call.text('comm')
  const script =
    args.slice(1, 3).includes(asked.name) &&
    comm === baseName(asked.name).slice(0, COMM_LENGTH) &&
    (exe === undefined || baseName(exe) !== baseName(asked.name))
  return script || exe === undefined ? asked.path : exe
}

/** The name a program was started by: `nc`, also where that is a link to nc.openbsd, and uncut where a path tells it. */
function executedName(event: AuditEvent, call: AuditRecord, executable: string | undefined): string | undefined {
  const comm = call.text('comm')
  if (comm === undefined) return executable === undefined ? undefined : baseName(executable)
  if (Buffer.byteLength(comm) < COMM_LENGTH) return comm
  const longer = [askedFor(event)?.path, executable].map((path) => (path === undefined ? '' : baseName(path)))
  return longer.find((name) => name.startsWith(comm)) ?? comm
}

function title(event: AuditEvent): readonly string[] {
  return titleArguments(event.first('PROCTITLE'))
}

/** The program of a process, as far as a record of a call it made tells. */
export interface Program {
  readonly executable?: string
  readonly name?: string
}

/** A file that was replaced while it ran has a mark behind its name, and the package manager's under it. */
function programName(executable: string): string {
  return baseName(executable.replace(/ \(deleted\)$/, '').replace(/;[\da-f]{8}$/, ''))
}

function runningProgram(record: AuditRecord): Program {
  const executable = record.text('exe')
  const name = executable === undefined ? record.text('comm') : programName(executable)
  return executable === undefined ? (name === undefined ? {} : { name }) : name === undefined ? { executable } : { executable, name }
}

function parentFields(host: string, pid: number | undefined): Record<string, unknown> | undefined {
  return pid === undefined ? undefined : { pid, entity_id: pidEntityId(host, pid) }
}

/** `process.*` of an event whose process made the call: its own pid and what it runs. */
export function callerFields(event: AuditEvent, record: AuditRecord, host: string): Fields {
  const pid = pidOf(record.word('pid'))
  const exec = event.operation === 'execve' || event.operation === 'execveat'
  const succeeded = exec && event.succeeded === true
  const asked = event.arguments
  const args = asked?.args ?? title(event)
  const executable = succeeded ? executedFile(event, record, asked?.args ?? []) : undefined
  const program: Program = succeeded
    ? {
        ...(executable === undefined ? {} : { executable }),
        ...withName(executedName(event, record, executable)),
      }
    : runningProgram(record)
  const tty = record.word('tty') ?? record.word('terminal')
  const device = tty === undefined ? undefined : terminalDevice(tty)
  const cwd = event.first('CWD')?.text('cwd') ?? record.text('cwd')
  const comm = record.text('comm')
  // What sudo was asked to run.
  const command = record.type === 'USER_CMD' ? record.text('cmd') : undefined
  // One after another, as in `toEvent`.
  const fields: Record<string, unknown> = {}
  if (pid !== undefined) {
    fields['pid'] = pid
    fields['entity_id'] = pidEntityId(host, pid)
  }
  if (program.executable !== undefined) fields['executable'] = program.executable
  if (program.name !== undefined) fields['name'] = program.name
  if (args.length > 0) {
    fields['args'] = args
    fields['args_count'] = asked?.count ?? args.length
    fields['command_line'] = args.join(' ')
  }
  if (command !== undefined) fields['command_line'] = command
  if (comm !== undefined && comm !== program.name) fields['thread'] = { name: comm }
  if (cwd !== undefined) fields['working_directory'] = cwd
  if (device !== undefined) fields['tty'] = { char_device: device }
  const parent = parentFields(host, pidOf(record.word('ppid')))
  if (parent !== undefined) fields['parent'] = parent
  return fields
}

function withName(name: string | undefined): Program {
  return name === undefined ? {} : { name }
}

/** `process.*` of a successful fork: the child, which is the caller's program until it executes another. */
export function childFields(record: AuditRecord, host: string, child: number): Fields {
  const program = runningProgram(record)
  const tty = record.word('tty')
  const device = tty === undefined ? undefined : terminalDevice(tty)
  const fields: Record<string, unknown> = { pid: child, entity_id: pidEntityId(host, child) }
  if (program.executable !== undefined) fields['executable'] = program.executable
  if (program.name !== undefined) fields['name'] = program.name
  if (device !== undefined) fields['tty'] = { char_device: device }
  const parent = parentFields(host, pidOf(record.word('pid')))
  if (parent !== undefined) {
    if (program.executable !== undefined) parent['executable'] = program.executable
    if (program.name !== undefined) parent['name'] = program.name
    fields['parent'] = parent
  }
  return fields
}
