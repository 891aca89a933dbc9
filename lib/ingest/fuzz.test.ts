import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { PreparedEvent, PreparedReject } from '@/lib/db/event-batch'
import { normalizerOf } from '@/lib/ecs/normalizers/registry'
import { execEvent, networkEvent } from '@/lib/ecs/testing'
import { auditCall, auditConnect, auditExec, auditFork } from '@/lib/ecs/testing/audit'
import { LIMITS } from '@/lib/limits'
import { BrokenStreamError } from './broken-stream'
import { decode } from './decode'
import { prepareEvent } from './prepare-event'
import { RecordReader } from './record-reader'

/** A small generator of its own (xorshift), so that a run is the same everywhere. */
class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761) >>> 0 || 1
  }

  below(n: number): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    this.#state >>>= 0
    return this.#state % n
  }

  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}

interface Read {
  readonly events: readonly PreparedEvent[]
  readonly rejects: readonly PreparedReject[]
  readonly lines: readonly string[]
}

/** All of an input through splitter, assembler, normaliser and preparation, in chunks of some size. */
function read(input: Buffer, chunk: number, options: ConstructorParameters<typeof RecordReader>[0] = {}): Read {
  const reader = new RecordReader(options)
  const events: PreparedEvent[] = []
  const rejects: PreparedReject[] = []
  const take = (records: ReturnType<RecordReader['push']>): void => {
    for (const record of records) {
      const prepared = prepareEvent(record, normalizerOf(reader.normalizerOf(record)), () => [])
      if (prepared.ok) events.push(prepared.event)
      else rejects.push(prepared.reject)
    }
  }
  for (let at = 0; at < input.length; at += chunk) take(reader.push(input.subarray(at, at + chunk)))
  take(reader.end())
  return { events, rejects, lines: events.flatMap((event) => event.raw.toString('utf8').split('\n')) }
}

const NASTY = [
  '__proto__', 'constructor', '\\ud800', '\\udc00\\ud800', '\\u0000', '\u0000', '\ufffd', '18446744073709551615', '-9223372036854775808', '1e999', '-0',
  '99999999999999999999.999:1', '253402300800000', '0000-00-00T00:00:00Z', '2026-02-30T00:00:00Z', '[[[[[[[[', '{"a":{"a":{"a":', ']]]]', '}}}}', '"', '\\', '\n', '\r',
  'type=SYSCALL', 'msg=audit(', 'node=', '\u001d', '\u0001', 'a0[0]=', 'a99999999=x', 'argc=4294967295', 'saddr=0', 'saddr=0A00', '----', 'time->', "'", '{', '}', '=', '==',
  '\u{1F600}', 'é', '\u202e', ',', ':', 'null', 'true', '[]', '{}', '"@timestamp":5,', '"host":[],', '"event":{"id":{}},', '"process":null,',
]

/** Changes a few places of a line: bytes flipped, cut, repeated, swapped, nasty things put in. */
function mutate(dice: Dice, text: string): Buffer {
  let bytes = Buffer.from(text)
  for (let changes = 1 + dice.below(4); changes > 0; changes--) {
    const at = dice.below(bytes.length + 1)
    const to = Math.min(bytes.length, at + dice.below(40))
    switch (dice.below(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = dice.below(256)
        break
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)])
        break
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at, to), bytes.subarray(to)])
        break
      case 3:
        bytes = bytes.subarray(0, at)
        break
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(dice.one(NASTY)), bytes.subarray(at)])
    }
  }
  return bytes
}

const JSON_SEEDS = [
  execEvent({ name: 'curl', tty: true }),
  networkEvent(),
  { '@timestamp': 1_793_700_000_000, 'host.name': 'h', message: 'x', n: [1, 2, { a: null }] },
].map((event) => JSON.stringify(event))
const AUDIT_SEEDS = [
  ...auditExec({ serial: 5, args: ['sh', '-c', 'curl http://169.254.169.254/ | sh'] }),
  ...auditConnect({ serial: 6, at: 1 }),
  ...auditFork({ serial: 7, at: 2, child: 99 }),
  auditCall(322, 'success=yes exit=0', { serial: 8, node: null }),
  'node=a type=USER_LOGIN msg=audit(1793700000.001:9): pid=1 uid=0 auid=1000 ses=1 msg=\'op=login acct="eve" exe="/usr/sbin/sshd" addr=192.0.2.1 terminal=/dev/pts/1 res=success\'\u001dUID="root" AUID="eve"',
  'type=SOCKADDR msg=audit(11/03/2026 10:00:00.123:10) : saddr={ saddr_fam=inet laddr=192.0.2.1 lport=80 }',
]

const INPUTS = 25_000
const GROUP = 100
/** One untouched record among so many changed ones. */
const EACH = 5
const NEIGHBOUR = JSON.stringify(execEvent({ id: 'neighbour' }))

describe('no input crashes, hangs or costs a neighbour', () => {
  test(`${INPUTS} changed lines of NDJSON`, () => {
    const dice = new Dice(1)
    for (let from = 0; from < INPUTS; from += GROUP) {
      const neighbours: string[] = []
      const parts: Buffer[] = [Buffer.from('{"first":1}\n')]
      for (let i = 0; i < GROUP; i++) {
        parts.push(mutate(dice, dice.one(JSON_SEEDS)), Buffer.from('\n'))
        if (i % EACH > 0) continue
        const neighbour = NEIGHBOUR.replace('neighbour', `n${from + i}`)
        neighbours.push(neighbour)
        parts.push(Buffer.from(`${neighbour}\n`))
      }
      const input = Buffer.concat(parts)
      const found = read(input, 1 + dice.below(5000))
      const kept = new Set(found.lines)
      expect(neighbours.filter((neighbour) => !kept.has(neighbour))).toEqual([])
      for (const reject of found.rejects) {
        expect(['', 'fault']).not.toContain(reject.code)
        // Where it says it stood, it stands.
        expect(input.subarray(reject.offset, reject.offset + reject.size).equals(reject.bytes)).toBe(true)
      }
    }
  })

  test(`${INPUTS} changed lines of audit records`, () => {
    const dice = new Dice(2)
    for (let from = 0; from < INPUTS; from += GROUP) {
      const neighbours: string[] = []
      const parts: Buffer[] = []
      for (let i = 0; i < GROUP; i += EACH) {
        const lines = auditExec({ serial: 1_000_000 + from + i, at: 10 + i, node: 'neighbour' }).map((line) => line.trimEnd())
        neighbours.push(lines.join('\n'))
        for (let n = 0; n < EACH; n++) parts.push(Buffer.from(`${lines[n] ?? ''}\n`), mutate(dice, dice.one(AUDIT_SEEDS)), Buffer.from('\n'))
      }
      const found = read(Buffer.concat(parts), 1 + dice.below(5000), dice.below(2) === 0 ? {} : { host: 'h' })
      const kept = new Set(found.events.map((event) => event.raw.toString('utf8')))
      expect(neighbours.filter((neighbour) => !kept.has(neighbour))).toEqual([])
    }
  })

  test('10,000 inputs of noise, whatever they are taken for', () => {
    const dice = new Dice(3)
    for (let i = 0; i < 10_000; i++) {
      const pieces = Array.from({ length: 1 + dice.below(30) }, () => dice.one(NASTY))
      const format = dice.one(['auto', 'ecs', 'auditd'] as const)
      const { events, rejects } = read(Buffer.from(pieces.join(dice.one(['', ' ', '\n']))), 1 + dice.below(60), { format, host: 'h' })
      for (const event of events) expect(Number.isSafeInteger(event.ts) && event.ts >= 0).toBe(true)
      for (const reject of rejects) expect(reject.reason).not.toBe('')
    }
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })
})

describe('strange values of known fields', () => {
  const at = '2026-11-03T10:00:00Z'
  const VALUES = ['null', '[]', '{}', '""', '0', '-1', '1e999', '[null,"x"]', '[[["x"]]]', '[{"a":1},"y"]', '{"__proto__":{"x":1}}', '"\\ud800"', '"\\u0000"', '18446744073709551615', 'true', '{"id":{"id":[]}}', '{"toString":1,"valueOf":2}', '["process",[{"toString":1}]]']
  const FIELDS = ['@timestamp', 'host', 'host.id', 'host.name', 'event', 'event.id', 'event.sequence', 'event.category', 'event.action', 'event.type', 'agent.id', 'process', 'process.pid', 'process.args', 'process.entity_id', 'process.parent', '_source', '__proto__']

  test('every field with every value, alone and with a second opinion', () => {
    for (const field of FIELDS) {
      for (const value of VALUES) {
        for (const rest of [`"@timestamp":"${at}","host":{"id":"h"}`, `"@timestamp":"${at}","host.name":"h"`, `"_source":{"@timestamp":"${at}","host":{"name":"h"}}`, `"@timestamp":"${at}","host":{"id":"h"},"event":{"category":"process"},"process":{"pid":5}`]) {
          for (const text of [`{${rest},"${field}":${value}}`, `{"${field}":${value},${rest}}`]) {
            const { events, rejects } = read(Buffer.from(`${text}\n`), 1000)
            expect(events.length + rejects.length).toBe(1)
            expect(rejects.filter(({ code }) => code === 'fault')).toEqual([])
          }
        }
      }
    }
  })

  test('of a key given twice the last counts, and the bytes stay', () => {
    const text = `{"@timestamp":"1970-01-01T00:00:00Z","host":{"id":"a"},"@timestamp":"${at}","host":{"id":"b"}}`
    expect(read(Buffer.from(text), 9).events).toMatchObject([{ ts: Date.parse(at), hostId: 'b', raw: Buffer.from(text) }])
  })
})

describe('every cap gives its own error', () => {
  test('a record that is too large', () => {
    const { events, rejects } = read(Buffer.from(`{"a":"${'x'.repeat(LIMITS.recordBytes)}"}\n${NEIGHBOUR}\n`), 1 << 20)
    expect(events).toHaveLength(1)
    expect(rejects).toMatchObject([{ code: 'too_large', size: LIMITS.recordBytes + 8 }])
    expect(rejects[0]!.bytes.length).toBe(LIMITS.rejectBytes)
  })

  test.each([65, 10_000, 1_000_000])('a record %d levels deep', (depth) => {
    for (const [opening, closing] of [['[', ']'], ['{"a":', '}']]) {
      const deep = `{"@timestamp":"2026-11-03T10:00:00Z","host":{"id":"h"},"a":${opening!.repeat(depth)}1${closing!.repeat(depth)}}`
      const { events, rejects } = read(Buffer.from(`${deep}\n${NEIGHBOUR}\n`), 1 << 20)
      expect([events.length, rejects.map(({ code }) => code)]).toEqual([1, ['too_deep']])
    }
  })

  test('a record as deep as may be, and one with as many brackets side by side', () => {
    const deep = '['.repeat(LIMITS.recordDepth - 1) + ']'.repeat(LIMITS.recordDepth - 1)
    for (const value of [deep, `[${'[],'.repeat(500)}[]]`]) {
      expect(read(Buffer.from(`{"@timestamp":"2026-11-03T10:00:00Z","host":{"id":"h"},"a":${value}}\n`), 1000).rejects).toEqual([])
    }
  })

  test('an audit record with too many fields, and an event of too many records', () => {
    const head = 'node=a type=X msg=audit(1793700000.001:9): '
    const wide = `${head}${Array.from({ length: LIMITS.auditFields + 1 }, (_, i) => `f${i}=1`).join(' ')}`
    expect(read(Buffer.from(`${wide}\n`), 1 << 20).rejects).toMatchObject([{ code: 'too_many_fields' }])
    expect(read(Buffer.from(`${head}\n`.repeat(LIMITS.auditLines + 1)), 1 << 20).rejects).toMatchObject([{ code: 'too_many_records' }])
  })

  test.each([
    ['braces without end', `x=${'{'.repeat(2_000_000)}`],
    ['quotes', 'x='.concat('"'.repeat(2_000_000))],
    ['apostrophes', "x='".repeat(600_000)],
    ['equals', '='.repeat(2_000_000)],
    ['blanks', `x=1${' '.repeat(2_000_000)}`],
    ['commas', ','.repeat(2_000_000)],
    ['capitals', `x==${'UID'.repeat(600_000)}`],
    ['separators', '\u001d'.repeat(2_000_000)],
    ['keys', 'key="a"\u0001'.repeat(200_000)],
  ])('a long line of %s takes time in proportion', (_name, rest) => {
    for (const stamp of ['1793700000.001:9', '11/03/2026 10:00:00.123:9']) {
      const started = performance.now()
      read(Buffer.from(`node=a type=SYSCALL msg=audit(${stamp}): ${rest}\n`), 1 << 20)
      expect(performance.now() - started).toBeLessThan(5_000)
    }
  })

  test('a compressed file that grows without end', async () => {
    async function* bomb(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(gzipSync(Buffer.alloc(64 * 1024 * 1024)))
    }
    let largest = 0
    const run = async (): Promise<void> => {
      for await (const chunk of decode(bomb(), () => undefined, 8 * 1024 * 1024)) largest = Math.max(largest, chunk.length)
    }
    await expect(run()).rejects.toMatchObject({ code: 'too_large' })
    expect(largest).toBeLessThanOrEqual(256 * 1024)
  })

  test('2,000 changed compressed streams end, with their own error or none', async () => {
    const dice = new Dice(4)
    const whole = gzipSync(Buffer.from(`${NEIGHBOUR}\n`.repeat(5)))
    const others: unknown[] = []
    for (let i = 0; i < 2_000; i++) {
      const bytes = Buffer.from(whole)
      for (let changes = 1 + dice.below(3); changes > 0; changes--) bytes[2 + dice.below(bytes.length - 2)] = dice.below(256)
      const cut = bytes.subarray(0, 1 + dice.below(bytes.length))
      async function* once(): AsyncGenerator<Buffer> {
        yield await Promise.resolve(cut)
      }
      try {
        // oxlint-disable-next-line no-await-in-loop -- one after another
        for await (const _chunk of decode(once(), () => undefined, 1 << 20)) continue
      } catch (error) {
        if (!(error instanceof BrokenStreamError)) others.push(error)
      }
    }
    expect(others).toEqual([])
  })
})
