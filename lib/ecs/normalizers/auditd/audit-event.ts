import { compareText } from '@/lib/lang/text-order'
import { decisionOf } from './decision'
import { execArguments } from './exec-arguments'
import type { ExecArguments } from './exec-arguments'
import type { AuditHeader } from './header'
import type { AuditRecord } from './record'
import { architectureName, syscallName, uringOperation } from './syscalls'
import { wholeNumber } from './text-value'

/** Records that add to another one of their event and say nothing alone. */
const ADDITIONS = new Set([
  'CWD', 'PATH', 'EXECVE', 'PROCTITLE', 'SOCKADDR', 'EOE', 'BPRM_FCAPS', 'CAPSET', 'OBJ_PID', 'FD_PAIR', 'IPC', 'IPC_SET_PERM', 'MMAP', 'SOCKETCALL',
  'MQ_OPEN', 'MQ_SENDRECV', 'MQ_NOTIFY', 'MQ_GETSETATTR', 'SUBJ_APPARMOR', 'CONTAINER_ID', 'UNKNOWN[1420]', 'MAC_TASK_CONTEXTS', 'MAC_OBJ_CONTEXTS', 'OPENAT2', 'AVC_PATH',
])
const CALLS = new Set(['SYSCALL', 'URINGOP'])

/** Whether a record of this kind only adds to another one of its event. */
export function isAddition(type: string): boolean {
  return ADDITIONS.has(type)
}

/** All records of one event, in an order that does not depend on the order of the lines. */
export class AuditEvent {
  readonly header: AuditHeader
  readonly node: string | null
  /** The record of the system call (or of io_uring's operation in its place). */
  readonly call: AuditRecord | undefined
  /** The record that is about something else than a call: a login, a denial (before others), a service that started. */
  readonly notice: AuditRecord | undefined
  /** Of its EXECVE records, null when there are none. */
  readonly arguments: ExecArguments | null
  readonly #records: readonly AuditRecord[]

  constructor(records: readonly [AuditRecord, ...AuditRecord[]], lines: readonly string[]) {
    const order = records.map((record, at) => ({ record, line: lines[at] ?? '' })).sort((a, b) => compareText(a.line, b.line))
    this.#records = order.map(({ record }) => record)
    this.header = (this.#records[0] ?? records[0]).header
    this.node = this.header.node
    this.arguments = execArguments(this.all('EXECVE'))
    this.call = this.#records.find((record) => CALLS.has(record.type))
    const notices = this.#records.filter((record) => !CALLS.has(record.type) && !isAddition(record.type))
    this.notice = notices.length < 2 ? notices[0] : (notices.find((record) => decisionOf(record)?.outcome === 'failure') ?? notices.find((record) => decisionOf(record) !== null) ?? notices[0])
  }

  all(type: string): readonly AuditRecord[] {
    return this.#records.filter((record) => record.type === type)
  }

  first(type: string): AuditRecord | undefined {
    return this.#records.find((record) => record.type === type)
  }

  /** Kinds of records it has, each once, in order of name. */
  get types(): readonly string[] {
    return [...new Set(this.#records.map((record) => record.type))].sort(compareText)
  }

  /** What it is mainly about; of an event whose main record never came, what came. */
  get main(): AuditRecord | undefined {
    return this.call ?? this.notice ?? this.#records[0]
  }

  /** Its PATH records in the order of the kernel. */
  get paths(): readonly AuditRecord[] {
    const item = (path: AuditRecord): number => wholeNumber(path.word('item')) ?? 0
    return this.all('PATH').toSorted((a, b) => item(a) - item(b))
  }

  /** Only additions: the record they belong to was lost, or came in another file. */
  get isFragment(): boolean {
    return this.call === undefined && this.notice === undefined
  }

  get architecture(): string | undefined {
    const { call } = this
    if (call === undefined) return undefined
    const resolved = call.resolved('arch')
    const arch = call.word('arch')
    return resolved ?? (arch === undefined ? undefined : architectureName(arch))
  }

  /** The name of the call; `syscall_123` for one that has no name here. */
  get operation(): string | undefined {
    const { call } = this
    if (call === undefined) return undefined
    if (call.type === 'URINGOP') {
      const number = call.word('uring_op') ?? ''
      return call.resolved('uring_op') ?? uringOperation(number) ?? `uring_op_${number}`
    }
    const number = call.word('syscall')
    if (number === undefined) return undefined
    const known = syscallName(call.word('arch') ?? '', number, call.word('a0'))
    const resolved = call.resolved('syscall')
    // auditd resolves 32-bit x86 to socketcall, which is only the door to the call that was meant.
    if (resolved !== undefined && (resolved !== 'socketcall' || known === undefined)) return resolved
    return known ?? `syscall_${number}`
  }

  /** Whether the call succeeded; undefined where the record does not say. */
  get succeeded(): boolean | undefined {
    return saysSuccess(this.call?.value('success')?.text)
  }

  /** Whether what the notice tells of succeeded, by itself: the call beside it is how it was reported, or what was denied. */
  get noticeSucceeded(): boolean | undefined {
    const { notice } = this
    if (notice === undefined) return undefined
    const decision = decisionOf(notice)
    if (decision !== null) return decision.outcome === undefined ? undefined : decision.outcome === 'success'
    return saysSuccess(notice.word('res') ?? notice.word('result') ?? notice.word('success'))
  }

  /** Records of it are missing or were cut: what is not there is not known. */
  get isIncomplete(): boolean {
    const { call, operation } = this
    if (this.isFragment || this.#records.some((record) => record.isCut)) return true
    if (this.arguments !== null && this.arguments.args.length < this.arguments.count) return true
    // A process that ends does not return from the call.
    return call !== undefined && call.value('success') === undefined && operation !== 'exit' && operation !== 'exit_group'
  }

  /** All but one record. */
  others(record: AuditRecord): readonly AuditRecord[] {
    return this.#records.filter((other) => other !== record)
  }
}

function saysSuccess(word: string | undefined): boolean | undefined {
  if (word === undefined) return undefined
  if (['yes', '1', 'success'].includes(word)) return true
  return ['no', '0', 'failed', 'fail'].includes(word) ? false : undefined
}
