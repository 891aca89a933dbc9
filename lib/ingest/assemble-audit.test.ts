import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '@/lib/limits'
import { AuditAssembler } from './assemble-audit'
import { RecordReader } from './record-reader'
import type { RawRecord } from './split-records'

const START = 1_762_164_000_000

function stamp(ms: number, serial: number): string {
  return `${Math.floor((START + ms) / 1000)}.${String((START + ms) % 1000).padStart(3, '0')}:${serial}`
}

function lineOf(type: string, ms: number, serial: number, rest = 'x=1', node = 'a'): string {
  return `node=${node} type=${type} msg=audit(${stamp(ms, serial)}): ${rest}`
}

/** An exec as auditd logs it: five lines, the last of them its end. */
function exec(ms: number, serial: number, node = 'a'): string[] {
  return ['SYSCALL', 'EXECVE', 'CWD', 'PATH', 'EOE'].map((type) => lineOf(type, ms, serial, `n=${serial}`, node))
}

function assemble(lines: readonly string[], limits?: { events: number; bytes: number; eventBytes: number }) {
  const assembler = new AuditAssembler(limits)
  const records: RawRecord[] = []
  let offset = 0
  for (const [at, text] of lines.entries()) {
    records.push(...assembler.push([{ number: at + 1, offset, size: Buffer.byteLength(text), bytes: Buffer.from(text), problem: null }]))
    offset += Buffer.byteLength(text) + 1
  }
  records.push(...assembler.end())
  return { records, texts: records.map((record) => record.bytes.toString()), notes: assembler.notes.sentences() }
}

/** Events as sets of lines: what matters is which lines were put together. */
function groups(texts: readonly string[]): string[] {
  return texts.map((text) => text.split('\n').sort().join('\n')).sort()
}

function read(text: string | Buffer, options: ConstructorParameters<typeof RecordReader>[0] = {}, chunk = 1 << 20) {
  const bytes = Buffer.from(text)
  const reader = new RecordReader(options)
  const records: RawRecord[] = []
  for (let at = 0; at < bytes.length; at += chunk) records.push(...reader.push(bytes.subarray(at, at + chunk)))
  records.push(...reader.end())
  return { format: reader.format, normalizer: reader.normalizerOf({}), notes: reader.notes, records, texts: records.map((r) => r.bytes.toString()) }
}

describe('AuditAssembler', () => {
  test('puts the lines of an event together and keeps them as they were', () => {
    const [first, second] = [exec(0, 1), exec(5, 2)]
    expect(assemble([...first, ...second]).texts).toEqual([first.join('\n'), second.join('\n')])
  })

  test('says where the event began', () => {
    const { records } = assemble([...exec(0, 1), ...exec(5, 2)])
    expect(records.map(({ number, offset, size }) => [number, offset, size])).toEqual([
      [1, 0, exec(0, 1).join('\n').length],
      [6, exec(0, 1).join('\n').length + 1, exec(5, 2).join('\n').length],
    ])
  })

  test('tells events of one serial apart by host and by time', () => {
    const events = [exec(0, 7, 'a'), exec(0, 7, 'b'), exec(1, 7, 'a')]
    const mixed = [0, 1, 2, 3, 4].flatMap((at) => events.map((event) => event[at]!))
    expect(groups(assemble(mixed).texts)).toEqual(groups(events.map((event) => event.join('\n'))))
  })

  test('any order within the window gives the same events', () => {
    const events = Array.from({ length: 60 }, (_, i) => exec(i * 3, i + 1, i % 3 === 0 ? 'a' : 'b'))
    const lines = events.flat()
    const expected = groups(events.map((event) => event.join('\n')))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: lines.length, maxLength: lines.length }), (delays) => {
        // Each line up to 60 places late: twelve events' worth, the end of an event before its beginning included.
        const shuffled = lines.map((line, at) => ({ line, rank: at + (delays[at] ?? 0) })).sort((a, b) => a.rank - b.rank)
        const { texts, notes } = assemble(shuffled.map(({ line }) => line))
        expect(groups(texts)).toEqual(expected)
        expect(notes).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  test('closes an event without an end when newer ones have passed and its clock went on', () => {
    const assembler = new AuditAssembler()
    const push = (text: string) => assembler.push([{ number: 1, offset: 0, size: text.length, bytes: Buffer.from(text), problem: null }]).map((r) => r.bytes.toString())
    const alone = lineOf('USER_LOGIN', 0, 1)
    expect(push(alone)).toEqual([])
    const closed = Array.from({ length: 40 }, (_, i) => push(lineOf('USER_ACCT', 3_000 + i, i + 2))).flat()
    expect(closed).toEqual([alone])
  })

  test('one absurd time does not cut its neighbours in two', () => {
    const events = Array.from({ length: 50 }, (_, i) => exec(i, i + 1).slice(0, 4))
    const lines = events.flat()
    for (const at of [2, 50, 101, 150]) lines.splice(at, 0, `node=a type=X msg=audit(253402300000.000:${900 + at}): x=1`)
    const texts = assemble(lines).texts.filter((text) => !text.includes('2534023'))
    expect(groups(texts)).toEqual(groups(events.map((event) => event.join('\n'))))
  })

  test('a line that is no audit record goes on by itself at its place; separators of ausearch do not', () => {
    const lines = ['----', 'time->Mon Nov  3 10:00:00 2025', ...exec(0, 1).slice(0, 2), 'garbage', ...exec(0, 1).slice(2)]
    const { texts, records } = assemble(lines)
    expect(groups(texts)).toEqual(groups(['garbage', exec(0, 1).join('\n')]))
    expect(records.find((record) => record.bytes.toString() === 'garbage')?.number).toBe(5)
  })

  test('lines with heads of a log come together by the host of the head, and are kept as they were', () => {
    const lines = ['1300', '1309', '1306', '1327', '1320'].map((type, at) => `Nov  3 10:00:0${at} web-7 kernel: [ 1${at}.456] audit: type=${type} audit(${stamp(0, 1)}): x=${at}`)
    const other = lines.map((line) => line.replace('web-7', 'web-8'))
    const { texts } = assemble(lines.flatMap((line, at) => [line, other[at]!]))
    expect(texts).toEqual([lines.join('\n').replace(/ $/gm, ''), other.join('\n')])
  })

  test('what the journal exports beside a record is passed over', () => {
    const message = `MESSAGE=audit: type=1300 audit(${stamp(0, 1)}): x=1`
    expect(assemble(['__CURSOR=s=1', '_HOSTNAME=web-7', 'PRIORITY=5', message, '_TRANSPORT=kernel']).texts).toEqual([message])
  })

  test('what was lost is noticed', () => {
    const { texts, notes } = assemble([
      'audit: audit_lost=12 audit_rate_limit=0 audit_backlog_limit=64',
      'audit: backlog limit exceeded',
      'kernel: audit: kauditd_printk_skb: 7 callbacks suppressed',
      lineOf('DAEMON_END', 0, 1),
      lineOf('DAEMON_START', 9, 2),
    ])
    expect(texts).toHaveLength(5)
    expect(notes[0]).toContain('lost')
    expect(notes[0]).toContain('3 times, 12 in all')
    expect(notes[1]).toContain('stopped once and started once')
  })

  test('records long after their event are kept and counted; the end of a closed event says nothing more', () => {
    const late = lineOf('PATH', 0, 1)
    const { texts, notes } = assemble([
      ...exec(0, 1),
      ...Array.from({ length: 50 }, (_, i) => exec(10_000 + i, i + 2)).flat(),
      lineOf('EOE', 0, 1),
      late,
    ])
    expect(texts).toContain(late)
    expect(texts).toHaveLength(52)
    expect(notes).toEqual([expect.stringContaining('One record came long after')])
  })

  describe('caps', () => {
    test('too many open events: the oldest is closed, and it is said', () => {
      const limits = { events: 10, bytes: 1e9, eventBytes: 1e9 }
      const lines = Array.from({ length: 30 }, (_, i) => lineOf('SYSCALL', 0, i + 1))
      const { texts, notes } = assemble(lines, limits)
      expect(texts).toEqual(lines)
      expect(notes).toEqual([expect.stringContaining('20 events were closed before')])
    })

    test('too many open bytes', () => {
      const { texts, notes } = assemble(Array.from({ length: 30 }, (_, i) => lineOf('SYSCALL', 0, i + 1, 'y'.repeat(1000))), { events: 1000, bytes: 10_000, eventBytes: 1e9 })
      expect(texts).toHaveLength(30)
      expect(notes).toHaveLength(1)
    })

    test('an event beyond the size of a record is rejected by itself', () => {
      const lines = [...exec(0, 1), ...Array.from({ length: 20 }, (_, i) => lineOf('EXECVE', 0, 2, `a${i}="${'z'.repeat(100)}"`)), ...exec(0, 3)]
      const { records } = assemble(lines, { events: 100, bytes: 1e9, eventBytes: 1500 })
      expect(records.map((record) => record.problem)).toEqual([null, 'too_large', null])
      expect(records[1]?.size).toBeGreaterThan(1500)
      expect(records[1]?.bytes.length).toBeLessThanOrEqual(LIMITS.rejectBytes)
    })
  })
})

describe('the format', () => {
  test.each([
    ['audit.log', exec(0, 1).join('\n'), 'auditd'],
    ['without hosts', exec(0, 1).join('\n').replaceAll('node=a ', ''), 'auditd'],
    ['ausearch', `----\ntime->Mon Nov  3 10:00:00 2025\n${exec(0, 1).join('\n')}`, 'auditd'],
    ['after blank lines', `\n\n${exec(0, 1).join('\r\n')}`, 'auditd'],
    ['a word that only begins like it', 'typed\n', 'ndjson'],
    ['one that ends too early', 'typ', 'ndjson'],
    ['JSON', '{"a":1}\n', 'ndjson'],
  ])('%s', (_name, text, format) => {
    const whole = read(text)
    expect(whole.format).toBe(format)
    for (const chunk of [1, 3, 7]) expect(read(text, {}, chunk)).toEqual(whole)
  })

  test('is the one that is told', () => {
    expect(read('# a note\ntype=EOE msg=audit(1.000:1): ', { format: 'auditd' })).toMatchObject({ format: 'auditd', texts: ['# a note', 'type=EOE msg=audit(1.000:1):'] })
    expect(read(exec(0, 1).join('\n'), { format: 'ecs' }).format).toBe('ndjson')
    expect(read(exec(0, 1).join('\n'), { host: 'web-01' }).normalizer).toBe('auditd@web-01')
  })
})
