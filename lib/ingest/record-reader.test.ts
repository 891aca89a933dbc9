import { describe, expect, test } from 'vitest'
import { normalizerOf } from '@/lib/ecs/normalizers/registry'
import { execEvent } from '@/lib/ecs/testing'
import { auditConnect, auditExec } from '@/lib/ecs/testing/audit'
import { prepareEvent } from './prepare-event'
import { RecordReader } from './record-reader'

interface Read {
  readonly format: string | null
  readonly events: readonly string[]
  readonly rejects: readonly { readonly code: string; readonly reason: string; readonly record: number; readonly bytes: string }[]
}

function read(input: string | Buffer, options: ConstructorParameters<typeof RecordReader>[0] = {}, chunk = 1 << 20): Read {
  const bytes = Buffer.from(input)
  const reader = new RecordReader(options)
  const events: string[] = []
  const rejects: Read['rejects'][number][] = []
  const take = (records: ReturnType<RecordReader['push']>): void => {
    for (const record of records) {
      const format = reader.normalizerOf(record)
      const prepared = prepareEvent(record, normalizerOf(format), () => [])
      if (prepared.ok) events.push(`${format} ${prepared.event.raw.toString()}`)
      else rejects.push({ code: prepared.reject.code, reason: prepared.reject.reason, record: prepared.reject.record, bytes: prepared.reject.bytes.toString() })
    }
  }
  for (let at = 0; at < bytes.length; at += chunk) take(reader.push(bytes.subarray(at, at + chunk)))
  take(reader.end())
  return { format: reader.format, events: events.sort(), rejects }
}

const trimmed = (lines: readonly string[]): string => lines.map((line) => line.trimEnd()).join('\n')
const AUDIT = [...auditExec({ serial: 1 }), ...auditConnect({ serial: 2 })]
const AUDIT_EVENTS = [auditExec({ serial: 1 }), auditConnect({ serial: 2 })].map((lines) => `auditd ${trimmed(lines)}`).sort()
const OBJECTS = ['a', 'b', 'c'].map((id) => JSON.stringify(execEvent({ id })))
const OBJECT_EVENTS = OBJECTS.map((line) => `ecs ${line}`)

const ODD: readonly (readonly [string, string, number])[] = [
  ['a comment', '# collected by kim\n', 1],
  ['the end of a line that was cut', 'uid=0 gid=0 comm="x" exe="/x" key=(null)\n', 1],
  ['the end of a string', '","x":1}}\n', 1],
  ['NULs', `${'\0'.repeat(512)}\n`, 1],
  ['NULs right in front', '\0'.repeat(512), 0],
  ['a byte order mark', '\ufeff', 0],
  ['blank lines', '\n \r\n\n', 0],
  ['one line of JSON', '{"note":"collected by kim"}\n', 1],
  ['JSON that was cut', '{"note":"collec\n', 1],
  ['a line of another log', 'Nov  3 10:00:00 web-7 sshd[9]: Server listening\n', 1],
  ['a time in brackets', '[2025-11-03 10:00:00] export began\n', 1],
  ['the kernel’s clock', '[  123.456] Linux version\n', 1],
  ['a list that was cut', '[1,2\n', 1],
]

describe('one odd line', () => {
  test.each(ODD)('%s in front of audit records costs at most itself', (_name, odd, rejected) => {
    // A bracket may open an array: then what stands behind it is not lines.
    if (odd.startsWith('[1')) return
    for (const chunk of [1 << 20, 1, 7]) {
      const found = read(`${odd}${AUDIT.join('\n')}\n`, {}, chunk)
      expect({ ...found, events: found.events.map((event) => event.replaceAll('\0', '')).sort() }).toMatchObject({ format: 'auditd', events: AUDIT_EVENTS })
      expect(found.rejects).toHaveLength(rejected)
    }
  })

  test.each(ODD)('%s further down', (_name, odd, rejected) => {
    // There NULs are a part of their line.
    const found = read(`${AUDIT.slice(0, 2).join('\n')}\n${odd}${AUDIT.slice(2).join('\n')}\n`)
    expect(found.rejects.length).toBeLessThanOrEqual(Math.max(rejected, 1))
    expect(found.events.length).toBe(2)
  })

  test.each(ODD)('%s in front of objects costs at most itself', (_name, odd) => {
    if (odd.startsWith('[1') || odd.startsWith('\0') && !odd.endsWith('\n')) return
    for (const chunk of [1 << 20, 1, 7]) {
      const found = read(`${odd}${OBJECTS.join('\n')}\n`, {}, chunk)
      expect(found).toMatchObject({ format: 'ndjson', events: OBJECT_EVENTS })
      expect(found.rejects.length).toBeLessThanOrEqual(1)
    }
  })

  test('in front of an array, and of objects over several lines', () => {
    const array = read(`# collected by kim\n[${OBJECTS.join(',\n')}]`)
    expect(array).toMatchObject({ format: 'json-array', events: OBJECT_EVENTS, rejects: [{ record: 1, bytes: '# collected by kim' }] })
    const pretty = read(`# collected by kim\n${JSON.stringify(execEvent({ id: 'a' }), null, 2)}\n`)
    expect(pretty).toMatchObject({ format: 'json', events: [expect.stringContaining('"@timestamp"')], rejects: [{ record: 1 }] })
  })

  test('audit records among objects, and objects among audit records, are read as what they are', () => {
    for (const lines of [[...AUDIT, ...OBJECTS], [...OBJECTS, ...AUDIT], [OBJECTS[0]!, ...AUDIT, ...OBJECTS.slice(1)]]) {
      expect(read(lines.join('\n'))).toMatchObject({ events: [...AUDIT_EVENTS, ...OBJECT_EVENTS], rejects: [] })
    }
    expect(read([AUDIT[0]!, ...OBJECTS].join('\n'))).toMatchObject({ format: 'ndjson', rejects: [] })
    expect(read([OBJECTS[0]!, ...AUDIT].join('\n'))).toMatchObject({ format: 'auditd', rejects: [] })
  })

  test('a line that is neither is rejected alike in whatever pieces it comes', () => {
    const text = ['type=X msg=audit(): x', '{"a":1}', '{"b":1}', '# c', AUDIT[0], AUDIT[5]].join('\n')
    for (const chunk of [1, 7, 100]) expect(read(text, {}, chunk)).toEqual(read(text))
  })

  test('what the sender says they are is what they are', () => {
    expect(read([...OBJECTS, ...AUDIT].join('\n'), { format: 'auditd' }).events).toEqual(AUDIT_EVENTS)
    expect(read([...OBJECTS, ...AUDIT].join('\n'), { format: 'ecs' }).events).toEqual(OBJECT_EVENTS)
  })
})

describe('a file that holds no events', () => {
  const trail = { eventVersion: '1.08', userIdentity: { type: 'AssumedRole' }, eventTime: '2025-11-03T10:00:00Z', eventSource: 'sts.amazonaws.com', eventName: 'GetCallerIdentity' }
  const many = <T>(value: T): T[] => Array.from({ length: 40 }, () => value)
  const lines = (value: unknown): string => many(value).map((one) => JSON.stringify(one)).join('\n')

  test.each([
    ['CloudTrail in one document', JSON.stringify({ Records: many(trail) }), 'AWS CloudTrail: not read yet'],
    ['CloudTrail, pretty', JSON.stringify({ Records: many(trail) }, null, 2), 'AWS CloudTrail: not read yet'],
    ['CloudTrail a line', lines(trail), 'AWS CloudTrail: not read yet'],
    ['CloudTrail in an array', JSON.stringify(many(trail)), 'AWS CloudTrail: not read yet'],
    ['one line of CloudTrail', JSON.stringify(trail), 'AWS CloudTrail: not read yet'],
    ['Tetragon', lines({ process_exec: { process: {} }, node_name: 'a', time: '2025-11-03T10:00:00Z' }), 'Tetragon: not read yet'],
    ['Falco', lines({ rule: 'x', priority: 'Notice', output: 'y', time: '2025-11-03T10:00:00Z' }), 'Falco: not read yet'],
    ['osquery', lines({ name: 'pack_x', columns: { pid: '1' }, action: 'added' }), 'osquery: not read yet'],
    ['Tracee', lines({ timestamp: 1, eventName: 'execve', args: [] }), 'Tracee: not read yet'],
    ['Kubernetes', lines({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', auditID: 'x' }), 'Kubernetes: not read yet'],
    ['laurel', lines({ ID: '1.1:1', SYSCALL: { arch: 'x' } }), 'laurel: not read yet'],
    ['the journal', lines({ __REALTIME_TIMESTAMP: '1', MESSAGE: 'x' }), 'systemd journal in JSON: not read yet'],
    ['YAML', '---\nversion: 3\nservices:\n  web:\n    image: nginx\n    ports:\n      - "80:80"\n  db:\n    image: x\n', 'YAML'],
    ['a table', `a,b,c\n${many('1,2,3').join('\n')}\n`, 'a table (CSV)'],
    ['a small table', 'time,host,message\n1,a,b\n', 'a table (CSV)'],
    ['a table with tabs', `a\tb\tc\n${many('1\t2\t3').join('\n')}\n`, 'a table (TSV)'],
    ['a table with a frame', '+---+---+\n| a | b |\n+---+---+\n| 1 | 2 |\n+---+---+\n', 'a table as a program prints it'],
    ['XML', '<?xml version="1.0"?>\n<a>\n<b/>\n</a>\n', 'XML'],
    ['Sysmon', '<Event><System><Provider Name="Linux-Sysmon"/></System></Event>\n', 'Sysmon for Linux'],
    ['settings', '[main]\nkey = 1\nother = 2\n', 'a file of settings'],
    ['numbers', '[1,2,3]', 'None of its 3 values is an event'],
    ['words', '["a","b"]', 'None of its 2 values is an event'],
    ['objects without a time in an array', JSON.stringify(many({ name: 'x' })), 'None of its 40 values is an event'],
    ['objects without a time', lines({ name: 'x' }), 'None of its 40 lines is an event'],
    ['prose', many('It was a dark night.').join('\n'), 'None of its 40 lines is an event'],
    ['a program', Buffer.from(`\u007fELF${many('\0\n').join('')}`, 'latin1'), 'a program (ELF)'],
    ['UTF-16', Buffer.from(`\ufeff${lines(execEvent({ id: 'x' }))}`, 'utf16le'), 'UTF-16'],
    ['a syslog', many('Nov  3 10:00:00 web-7 sshd[9]: Server listening').join('\n'), 'a syslog without audit records'],
    ['the journal’s own reading of audit', many('Nov 03 10:00:00 web-7 audit[9]: SYSCALL arch=c000003e syscall=59').join('\n'), 'as the journal shows them'],
  ])('%s is one reject that names it', (_name, input, said) => {
    for (const chunk of [1 << 20, 7]) {
      const { events, rejects, format } = read(input, {}, chunk)
      expect([events, format]).toEqual([[], null])
      expect(rejects.map(({ reason }) => reason)).toEqual([expect.stringContaining(said)])
      expect(rejects[0]?.reason).not.toContain('Map the time')
    }
  })

  test('a few lines are rejected each at its place, as are those in front of an event', () => {
    expect(read('{"a":1}\nx\n{"b":2}\n').rejects.map(({ record, code }) => [record, code])).toEqual([[1, 'no_timestamp'], [2, 'not_json'], [3, 'no_timestamp']])
    const before = read(`${many('# x').join('\n')}\n${OBJECTS.join('\n')}`)
    expect(before).toMatchObject({ events: OBJECT_EVENTS })
    expect(before.rejects).toHaveLength(40)
  })

  test('an event behind very much else is stored, and what stood in front is one reject', () => {
    const { events, rejects } = read(`${'# comment\n'.repeat(20_000)}${OBJECTS.join('\n')}`)
    expect(events).toEqual(OBJECT_EVENTS)
    expect(rejects).toMatchObject([{ code: 'no_events', record: 1, reason: expect.stringContaining('20,000 records in front') }])
  })

  test('a foreign record among events is named by itself', () => {
    const { events, rejects } = read([OBJECTS[0], JSON.stringify(trail), OBJECTS[1]].join('\n'))
    expect(events).toHaveLength(2)
    expect(rejects).toMatchObject([{ record: 2, code: 'not_read', reason: expect.stringContaining('AWS CloudTrail') }])
  })
})
