import { LIMITS } from '@/lib/limits'
import { AuditEvent } from './auditd/audit-event'
import { HeaderReader, readStamp, stampText } from './auditd/header'
import { AuditRecord } from './auditd/record'
import { toEvent } from './auditd/to-event'
import { reject } from './normalizer'
import type { Normalized, Normalizer } from './normalizer'

const NOT_AUDIT =
  'Not an audit record: a line has type=NAME msg=audit(SECONDS.MILLISECONDS:SERIAL), with node=HOST or the head of a log in front where hosts are told apart. ' +
  'Export it with ausearch --raw, or take the lines of audit.log.'
/** What the kernel or auditd says when it could not keep up. */
const LOST = /backlog limit exceeded|rate limit exceeded|audit_lost=\d+|\blost=[1-9]\d*\b|kauditd_printk_skb: \d+ callbacks suppressed/
/** The journal's own reading of a record: `audit[985]: USER_LOGIN pid=985 …`. */
const WITHOUT_STAMP = /\baudit(?:\[\d{1,10}\])?: (?:[A-Z][A-Z_]{2,40}|UNKNOWN\[\d+\]) [\w-]+=/

function describeBadLine(line: string): Normalized {
  const head = line.slice(0, 1024)
  if (LOST.test(head)) return reject('audit_lost', 'The kernel says here that it lost audit records. Raise the backlog limit (auditctl -b) or log less.')
  const stamp = /\baudit\(([^()]{0,64})\)/.exec(head)?.[1]
  if (stamp !== undefined && readStamp(stamp) === null) {
    return reject('bad_audit_stamp', 'The time in audit(…) is not SECONDS.MILLISECONDS:SERIAL or a date as ausearch -i writes it, between 1970 and 9999.')
  }
  if (stamp !== undefined && /\btype=/.test(head)) {
    return reject('not_audit', 'The record stands behind other text. A head of syslog, of the journal or of the kernel is read; anything else in front of type= is not.')
  }
  if (WITHOUT_STAMP.test(head)) {
    return reject('no_audit_stamp', 'The journal wrote this record without its time and serial, so that the records of one event cannot be put together. Take audit.log, or ausearch --raw.')
  }
  return reject('not_audit', NOT_AUDIT)
}

function normalize(text: string, defaultHost: string | null): Normalized {
  const lines = text.split('\n')
  if (lines.length > LIMITS.auditLines) {
    return reject('too_many_records', `The event has ${lines.length.toLocaleString('en')} records; at most ${LIMITS.auditLines.toLocaleString('en')} are taken.`)
  }
  const headers = new HeaderReader()
  const records: AuditRecord[] = []
  for (const line of lines) {
    const record = AuditRecord.parse(line, headers)
    if (record === null) return describeBadLine(line)
    if (record === 'too_many_fields') {
      return reject('too_many_fields', `The record has more than ${LIMITS.auditFields.toLocaleString('en')} fields. auditd writes a few dozen; export it again.`)
    }
    records.push(record)
  }
  const [first, ...rest] = records
  if (!first) return reject('not_audit', NOT_AUDIT)
  const stamp = stampText(first.header)
  if (rest.some(({ header }) => stampText(header) !== stamp || header.node !== first.header.node)) {
    return reject('mixed_events', 'These lines are of different audit events. Send them as lines of a file.')
  }
  const event = new AuditEvent([first, ...rest], lines)
  const host = event.node ?? defaultHost
  if (host === null) {
    return reject('no_host', 'The record does not say which host it is from. Name it: fill in the host beside the upload, give --host NAME, or set name_format in auditd.conf so that lines begin with node=.')
  }
  return { ok: true, event: toEvent(event, host) }
}

/**
 * Raw audit records: all lines of one event as one text. `host` is the host of records that do not name theirs (no `node=`).
 * It is part of the format's name, so that what was stored reads the same for ever.
 */
export function auditdNormalizer(host: string | null): Normalizer {
  return { format: host === null ? 'auditd' : `auditd@${host}`, normalize: (text) => normalize(text, host) }
}
