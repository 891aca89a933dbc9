import fc from 'fast-check'
import { expect, test } from 'vitest'
import { auditdNormalizer } from '../auditd'

/** What logs do to a record changes nothing of what it says: heads, escaped separators, hex for text. */
const RUNS = 300

const STAMP = 'msg=audit(1762164000.250:77): '
const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase()
/** As the kernel writes text that somebody else chose. */
const untrusted = (text: string): string => (/^[\x21\x23-\x7e]+$/.test(text) ? `"${text}"` : hex(text))

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 24, unit: 'grapheme' }),
  fc.constantFrom('#035UID=x', "a'b", 'a"b', '{', '}', 'a b', 'type=SYSCALL', ' msg=audit(1.1:1):', '(null)', '?', 'DEADBEEF', '6C73', '\u0001', '=', ' = ', "'#035AUID=x", '^]EUID=', 'avc:  denied  { x }'),
).filter((value) => !value.includes('\0') && !value.includes('\n') && Buffer.from(value).toString() === value)
const mark = fc.constantFrom('\u001d', '#035', '\\035', '\\x1d', '^]', '<1d>')
const host = fc.constantFrom('web-7', 'a', 'web-7.example.com', '192.0.2.7', '2001:db8::7', 'KERNEL', 'audit_1')
const time = fc.constantFrom('Nov  3 10:00:00', 'Nov 03 10:00:00.123456', '2025 Nov  3 10:00:00', 'Nov  3 2025 10:00:00', '2025-11-03T10:00:00Z', '2025-11-03T10:00:00.1+01:00', '2025-11-03T10:00:00+0100', 'Mon 2025-11-03 10:00:00 CET', '1762164000.123456')
const tag = fc.constantFrom('audisp-syslog[985]: ', 'audispd: ', 'kernel: audit: ', 'kernel: [  12.345] audit: ', 'tag_audit_log: ', '')
const head = fc.oneof(
  fc.record({ pri: fc.constantFrom('', '<13>'), time, host, tag }).map((one) => `${one.pri}${one.time} ${one.host} ${one.tag}`),
  fc.record({ host, data: fc.constantFrom('-', '[a@1 b="c"]', '[a b="\\"]"][c d="e"]'), mark: fc.constantFrom('', '\ufeff') }).map((one) => `<13>1 2025-11-03T10:00:00.250Z ${one.host} audispd 9 - ${one.data} ${one.mark}`),
)
const hostOf = (front: string): string | undefined => ['web-7.example.com', 'web-7', '192.0.2.7', '2001:db8::7', 'KERNEL', 'audit_1', 'a'].find((name) => front.includes(` ${name} `))

function read(line: string): unknown {
  const found = auditdNormalizer(null).normalize(line)
  return found.ok ? { ...found.event, auditd: { ...(found.event['auditd'] as object) } } : found.rejection
}

const body = fc.record({ comm: text, exe: text, key: text, success: fc.constantFrom('yes', 'no') }).map(
  (one) => `arch=c000003e syscall=59 success=${one.success} exit=0 ppid=1 pid=47 auid=1000 uid=0 gid=0 euid=0 tty=pts0 ses=1 comm=${untrusted(one.comm)} exe=${untrusted(one.exe)} key=${untrusted(one.key)}`,
)
const RESOLVED = 'ARCH=x86_64 SYSCALL=execve AUID="kim" UID="root" GID="root" EUID="root"'

test('a head in front changes nothing but the host', () => {
  fc.assert(
    fc.property(head, body, (front, rest) => {
      expect(read(`${front}type=SYSCALL ${STAMP}${rest}`)).toEqual(read(`node=${hostOf(front)} type=SYSCALL ${STAMP}${rest}`))
      expect(read(`${front}node=n type=SYSCALL ${STAMP}${rest}`)).toEqual(read(`node=n type=SYSCALL ${STAMP}${rest}`))
      expect(read(`${front}type=1300 audit(1762164000.250:77): ${rest}`)).toEqual(read(`node=${hostOf(front)} type=SYSCALL ${STAMP}${rest}`))
    }),
    { numRuns: RUNS },
  )
})

test('the separator is one however it is written, behind whatever stands in front of it', () => {
  fc.assert(
    fc.property(mark, body, fc.boolean(), text, (written, rest, said, name) => {
      const line = said ? `node=n type=USER_AUTH ${STAMP}pid=1 uid=0 auid=1000 ses=1 msg='op=x acct=${untrusted(name)} exe="/x" res=success'` : `node=n type=SYSCALL ${STAMP}${rest}`
      expect(read(`${line}${written}${RESOLVED}`)).toEqual(read(`${line}\u001d${RESOLVED}`))
      expect(read(`${line}${written}${RESOLVED}`)).toMatchObject({ user: { audit: { id: '1000', name: 'kim' } } })
    }),
    { numRuns: RUNS },
  )
})

test('text comes back as it was, and hides nothing that stands behind it', () => {
  fc.assert(
    fc.property(text, text, (comm, exe) => {
      const found = read(`node=n type=ANOM_ABEND ${STAMP}auid=1000 uid=33 gid=33 ses=1 pid=47 comm=${untrusted(comm)} exe=${untrusted(exe)} sig=11 res=1`)
      expect(found).toMatchObject({ user: { id: '33' }, process: { pid: 47, executable: exe }, event: { outcome: 'success' }, auditd: { data: { comm, exe, sig: '11' } } })
      const said = read(`node=n type=USER_AUTH ${STAMP}pid=1 uid=0 auid=1000 ses=1 msg='op=x acct=${untrusted(comm)} exe=${untrusted(exe)} hostname=? res=failed'`)
      expect(said).toMatchObject({ process: { executable: exe }, event: { outcome: 'failure' }, auditd: { data: { acct: comm, exe } } })
    }),
    { numRuns: RUNS },
  )
})
