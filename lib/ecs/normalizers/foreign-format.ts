/** Records of other sensors and services that are known by sight: named to who sends them, since a missing time is not what is wrong. */

type Json = Readonly<Record<string, unknown>>

interface Format {
  readonly name: string
  readonly is: (record: Json) => boolean
  /** What to do, where that is not to wait for a version that reads it. */
  readonly hint?: string
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function has(record: Json, ...names: readonly string[]): boolean {
  return names.every((name) => Object.hasOwn(record, name))
}

function text(record: Json, name: string): string {
  const value = Object.hasOwn(record, name) ? record[name] : undefined
  return typeof value === 'string' ? value : ''
}

/** The first of the records that a wrapper holds. */
function firstOf(record: Json, name: string): Json {
  const list = Object.hasOwn(record, name) ? record[name] : undefined
  const first: unknown = Array.isArray(list) ? list[0] : undefined
  return isObject(first) ? first : {}
}

function isCloudTrail(record: Json): boolean {
  return has(record, 'eventVersion', 'eventSource') || has(record, 'eventVersion', 'userIdentity') || has(record, 'CloudTrailEvent')
}

function isAzure(record: Json): boolean {
  return has(record, 'category', 'operationName') || has(record, 'operationName', 'resourceId')
}

const TETRAGON = ['process_exec', 'process_exit', 'process_kprobe', 'process_tracepoint', 'process_uprobe', 'process_lsm', 'process_loader', 'process_throttle', 'rate_limit_info']

const FORMATS: readonly Format[] = [
  { name: 'AWS CloudTrail', is: (r) => isCloudTrail(r) || isCloudTrail(firstOf(r, 'Records')) || isCloudTrail(firstOf(r, 'Events')) || text(r, 'detail-type').includes('CloudTrail') },
  {
    name: 'findings of Amazon GuardDuty',
    is: (r) => (has(r, 'schemaVersion', 'accountId', 'service') || has(firstOf(r, 'Findings'), 'Service') || text(r, 'detail-type').startsWith('GuardDuty')),
  },
  { name: 'audit events of Kubernetes', is: (r) => text(r, 'apiVersion').startsWith('audit.k8s.io') },
  { name: 'Google Cloud audit logs', is: (r) => has(r, 'protoPayload') || has(r, 'logName', 'insertId') },
  { name: 'Azure activity logs', is: (r) => isAzure(r) || isAzure(firstOf(r, 'records')) },
  { name: 'Tetragon', is: (r) => TETRAGON.some((name) => Object.hasOwn(r, name)) },
  { name: 'Falco', is: (r) => has(r, 'rule', 'priority') && (has(r, 'output') || has(r, 'output_fields')) },
  { name: 'Tracee', is: (r) => has(r, 'eventName', 'args') || (has(r, 'workload', 'name') && has(r, 'data')) },
  { name: 'osquery', is: (r) => has(r, 'columns', 'name') || has(r, 'diffResults') || has(r, 'snapshot', 'name') },
  { name: 'the Datadog agent', is: (r) => (isObject(r['evt']) && isObject(r['agent'])) || (isObject(r['attributes']) && has(r['attributes'], 'evt')) },
  { name: 'laurel', is: (r) => has(r, 'ID') && (has(r, 'SYSCALL') || has(r, 'EXECVE') || has(r, 'PROCTITLE') || has(r, 'NODE')), hint: 'Send the lines of audit.log that it was made of.' },
  { name: 'the systemd journal in JSON', is: (r) => has(r, '__REALTIME_TIMESTAMP') || has(r, '__CURSOR'), hint: 'For audit records take audit.log, or ausearch --raw.' },
  { name: 'Suricata', is: (r) => has(r, 'event_type', 'timestamp') && (has(r, 'flow_id') || has(r, 'src_ip')) },
  { name: 'Zeek', is: (r) => has(r, 'ts', 'uid') && (has(r, 'id.orig_h') || has(r, '_path')) },
  { name: 'a STIX bundle', is: (r) => text(r, 'type') === 'bundle' && has(r, 'objects'), hint: 'It tells of indicators, not of events.' },
  { name: 'an export of detection rules', is: (r) => has(r, 'rule_id', 'risk_score'), hint: 'Import it on the page of rules.' },
  { name: 'an export of exceptions', is: (r) => has(r, 'list_id') && (has(r, 'namespace_type') || has(r, 'entries')), hint: 'Import it on the page of exceptions.' },
]

/** What is read, for who sent something else. */
export const WHAT_IS_READ = 'Linklocal reads documents in the Elastic Common Schema (Elastic Defend and others), answers of Elasticsearch, and audit logs.'

/** Whose record this is, as a sentence names it; null for one that is not known by sight. */
export function foreignFormat(record: unknown): { readonly name: string; readonly reason: string } | null {
  if (!isObject(record)) return null
  const format = FORMATS.find(({ is }) => is(record))
  if (format === undefined) return null
  return { name: format.name, reason: `This is ${format.name}: not read yet. ${format.hint ?? WHAT_IS_READ}` }
}
