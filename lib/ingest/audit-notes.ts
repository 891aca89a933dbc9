/** What an import of audit records noticed beside the records: said in its summary. */
export class AuditNotes {
  /** Messages of the kernel that it lost records, and the largest number it named. */
  lossMessages = 0
  lostRecords = 0
  daemonStarts = 0
  daemonStops = 0
  /** Events closed before their end was seen because too many were open. */
  forced = 0
  /** Lines that came after their event was closed. */
  late = 0
  interpreted = false

  /** Looks at a line that may speak of losses: a message of the kernel, or a record of the daemon itself. */
  observe(type: string | null, line: string): void {
    if (type?.startsWith('DAEMON_START') === true) this.daemonStarts++
    else if (type !== null && /^DAEMON_(?:END|ABORT)/.test(type)) this.daemonStops++
    const lost = /\b(?:audit_)?lost=(\d{1,15})\b/.exec(line)
    const count = Number(lost?.[1] ?? 0)
    if (/backlog limit exceeded|rate limit exceeded|kauditd_printk_skb: \d+ callbacks suppressed/.test(line) || count > 0) this.lossMessages++
    this.lostRecords = Math.max(this.lostRecords, count)
  }

  /** One sentence each, the gravest first. */
  sentences(): readonly string[] {
    const found: string[] = []
    if (this.lossMessages > 0) {
      const records = this.lostRecords > 0 ? `, ${this.lostRecords.toLocaleString('en')} in all` : ''
      found.push(`Audit records were lost before they were logged: the kernel says so ${times(this.lossMessages)}${records}. Raise its backlog limit (auditctl -b) or log less.`)
    }
    if (this.daemonStops > 0) found.push(`auditd stopped ${times(this.daemonStops)} and started ${times(this.daemonStarts)}: what happened in between was not logged.`)
    if (this.forced > 0) found.push(`${counted(this.forced, 'event was', 'events were')} closed before the end was seen, because too many were open at a time: records may be missing there.`)
    if (this.late > 0) found.push(`${counted(this.late, 'record', 'records')} came long after the others of the same event and ${this.late === 1 ? 'is' : 'are'} kept separately.`)
    if (this.interpreted) found.push('Times were written by ausearch -i, which names no zone: they are read as UTC, month before day. Export with ausearch --raw for exact ones.')
    return found
  }
}

function counted(n: number, one: string, many: string): string {
  return n === 1 ? `One ${one}` : `${n.toLocaleString('en')} ${many}`
}

function times(n: number): string {
  return n === 1 ? 'once' : `${n.toLocaleString('en')} times`
}
