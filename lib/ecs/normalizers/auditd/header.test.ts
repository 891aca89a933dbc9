import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HeaderReader, readHeader } from './header'

const stamp = fc.constantFrom('1762164000.250:77', '1762164000.250:78', '1762164000.25:077', '03/11/25 10:00:00.250:77', '1762164000:77')
const blank = fc.constantFrom(' ', ' ', ' ', '\t', '  ', '', '\u00a0')
const line = fc
  .record({
    head: fc.constantFrom('', '', 'Nov  3 10:00:00 web-7 audisp-syslog[985]: ', '[ 12.345] audit: ', 'x'),
    node: fc.constantFrom('', 'node=web-01 ', 'node=web-01 ', 'node=type=x ', 'node=web-02\t'),
    type: fc.constantFrom('SYSCALL', 'SYSCALL', 'EOE', 'UNKNOWN[1420]', 'Ä', '', 'A'.repeat(64), 'A'.repeat(65)),
    before: blank,
    stamp,
    after: fc.constantFrom(': ', ': ', ': ', ':', '', ' : ', '  ', ':\t'),
    body: fc.constantFrom('arch=c000003e', '', ': a=b', ' a=b', 'x'.repeat(600)),
  })
  .map((part) => `${part.head}${part.node}type=${part.type}${part.before}msg=audit(${part.stamp})${part.after}${part.body}`)

test('a head is read after any others as it is read alone, but for blanks in front of the fields', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
      const reader = new HeaderReader()
      for (const text of lines) {
        const alone = readHeader(text)
        const after = reader.read(text)
        expect(after && { ...after, body: 0 }).toEqual(alone && { ...alone, body: 0 })
        expect(text.slice(after?.body ?? 0).trimStart()).toBe(text.slice(alone?.body ?? 0).trimStart())
      }
    }),
    { numRuns: 3000 },
  )
})

const RECORD = 'type=SYSCALL msg=audit(1762164000.250:77): arch=c000003e'
const KERNEL = 'type=1300 audit(1762164000.250:77): arch=c000003e'

describe('what logs put in front', () => {
  test.each([
    ['RFC 3164', `Nov  3 10:00:00 web-7 audisp-syslog[985]: ${RECORD}`, 'web-7'],
    ['one digit of a day', `Nov 3 10:00:00 web-7 audisp-syslog: ${RECORD}`, 'web-7'],
    ['a day of two digits', `Nov 03 10:00:00 web-7 audispd: ${RECORD}`, 'web-7'],
    ['with the year behind', `Nov  3 10:00:00 2025 web-7 audispd[1]: ${RECORD}`, 'web-7'],
    ['with the year in the middle', `Nov  3 2025 10:00:00 web-7 audispd[1]: ${RECORD}`, 'web-7'],
    ['with the year in front', `2025 Nov  3 10:00:00 web-7 audispd[1]: ${RECORD}`, 'web-7'],
    ['with a priority', `<13>Nov  3 10:00:00 web-7 audispd: ${RECORD}`, 'web-7'],
    ['with a facility', `Nov  3 10:00:00 web-7 user.notice audispd[9]: ${RECORD}`, 'web-7'],
    ['without a host', `Nov  3 10:00:00 audispd[9]: ${RECORD}`, null],
    ['without a tag', `Nov  3 10:00:00 web-7 ${RECORD}`, 'web-7'],
    ['with a full name and a file that was read', `Nov  3 10:00:00 web-7.example.com tag_audit_log: ${RECORD}`, 'web-7.example.com'],
    ['with an address for a host', `Nov  3 10:00:00 192.0.2.7 audispd: ${RECORD}`, '192.0.2.7'],
    ['with an IPv6 address', `Nov  3 10:00:00 2001:db8::7 audispd: ${RECORD}`, '2001:db8::7'],
    ['node= counts', `Nov  3 10:00:00 relay audispd: node=web-7 ${RECORD}`, 'web-7'],
    ['RFC 5424', `<13>1 2025-11-03T10:00:00.250Z web-7 audisp-syslog 985 - - ${RECORD}`, 'web-7'],
    ['RFC 5424 with data and mark', `<13>1 2025-11-03T10:00:00.250+01:00 web-7 audispd - ID47 [a@1 b="c \\"] d"][e] \ufeff${RECORD}`, 'web-7'],
    ['RFC 5424 without a host', `<13>1 - - audispd - - - ${RECORD}`, null],
    ['RFC 5424 with a tag inside', `<13>1 2025-11-03T10:00:00Z web-7 kernel - - -  audit: ${KERNEL}`, 'web-7'],
    ['RFC 5424 in frames', `97 <13>1 2025-11-03T10:00:00Z web-7 audispd - - - ${RECORD}`, 'web-7'],
    ['a relay', `<13>1 2025-11-03T10:00:00Z relay - - - - Nov  3 10:00:00 web-7 audispd: ${RECORD}`, 'web-7'],
    ['ISO', `2025-11-03T10:00:00.250123+01:00 web-7 audisp-syslog[985]: ${RECORD}`, 'web-7'],
    ['ISO of the journal', `2025-11-03T10:00:00+0100 web-7 audisp-syslog[985]: ${RECORD}`, 'web-7'],
    ['ISO with a blank', `2025-11-03 10:00:00,250 web-7 audispd: ${RECORD}`, 'web-7'],
    ['a host that looks like a zone', `2025-11-03 10:00:00 HOST audispd: ${RECORD}`, 'HOST'],
    ['ISO alone', `2025-11-03T10:00:00.250Z ${RECORD}`, null],
    ['a container log', `2025-11-03T10:00:00.250123456Z stdout F ${RECORD}`, null],
    ['the journal, short', `Nov 03 10:00:00 web-7 audisp-syslog[985]: ${RECORD}`, 'web-7'],
    ['the journal, precise', `Nov 03 10:00:00.250123 web-7 audisp-syslog[985]: ${RECORD}`, 'web-7'],
    ['the journal, full', `Mon 2025-11-03 10:00:00 UTC web-7 audisp-syslog[985]: ${RECORD}`, 'web-7'],
    ['the journal, full, elsewhere', `Mon 2025-11-03 10:00:00 CEST web-7 audisp-syslog[985]: ${RECORD}`, 'web-7'],
    ['the journal, unix', `1762164000.250123 web-7 audisp-syslog[985]: ${RECORD}`, 'web-7'],
    ['the journal, monotonic', `[  123.456789] web-7 kernel: audit: ${KERNEL}`, 'web-7'],
    ['the journal, export', `MESSAGE=audit: ${KERNEL}`, null],
    ['the kernel', `Nov  3 10:00:00 web-7 kernel: [ 123.456789] audit: ${KERNEL}`, 'web-7'],
    ['the kernel without its clock', `Nov  3 10:00:00 web-7 kernel: audit: ${KERNEL}`, 'web-7'],
    ['an old kernel', `Nov  3 10:00:00 web-7 kernel: ${KERNEL}`, 'web-7'],
    ['kauditd', `Nov  3 10:00:00 web-7 kauditd: ${KERNEL}`, 'web-7'],
    ['dmesg', `[  123.456789] audit: ${KERNEL}`, null],
    ['dmesg with dates', `[Mon Nov  3 10:00:00 2025] audit: ${KERNEL}`, null],
    ['dmesg with a priority', `<5>[  123.456789] audit: ${KERNEL}`, null],
    ['dmesg with a facility', `kern  :notice: [  123.456789] audit: ${KERNEL}`, null],
    ['the kernel alone', KERNEL, null],
    ['NULs and a mark', `\0\0\ufeff${RECORD}`, null],
  ])('%s', (_name, text, node) => {
    const header = readHeader(text)
    expect(header).toMatchObject({ node, type: 'SYSCALL', ms: 1_762_164_000_250, serial: '77', interpreted: false })
    expect(text.slice(header?.body)).toBe('arch=c000003e')
  })

  test.each([
    ['1309', 'EXECVE'],
    ['1306', 'SOCKADDR'],
    ['1112', 'USER_LOGIN'],
    ['1400', 'AVC'],
    ['UNKNOWN[1327]', 'PROCTITLE'],
    ['UNKNOWN[1420]', 'UNKNOWN[1420]'],
    ['4711', 'UNKNOWN[4711]'],
    ['USER_X2', 'USER_X2'],
  ])('the type %s', (written, type) => {
    expect(readHeader(`audit: type=${written} audit(1762164000.250:77): x=1`)?.type).toBe(type)
  })

  test.each([
    ['what sudo was asked to run', `Nov  3 10:00:00 web-7 sudo: eve : TTY=pts/0 ; COMMAND=/bin/echo ${RECORD}`],
    ['who was not let in', `Nov  3 10:00:00 web-7 sshd[9]: Invalid user ${RECORD}`],
    ['what a program was told', `Nov  3 10:00:00 web-7 app[9]: input: ${RECORD}`],
    ['JSON', `{"message":"${RECORD}"}`],
    ['a sentence', `see ${RECORD}`],
  ])('a record in %s is none', (_name, text) => {
    expect(readHeader(text)).toBeNull()
  })

  test('a head costs what its length does', () => {
    for (const text of ['[a="'.repeat(300), '<1>'.repeat(300), 'Nov  3 10:00:00 '.repeat(60), '1 - - - - - [a="\\'.repeat(50), 'a:'.repeat(500), '\0'.repeat(5000)]) expect(readHeader(`${text}${RECORD}`)).toBeNull()
  })
})
