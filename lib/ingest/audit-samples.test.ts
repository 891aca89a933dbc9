import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { EcsEvent } from '@/lib/ecs/event'
import { readText, readValues } from '@/lib/ecs/event'
import { readHeader, stampText } from '@/lib/ecs/normalizers/auditd/header'
import { normalizerOf } from '@/lib/ecs/normalizers/registry'
import { RecordReader } from './record-reader'

/**
 * Logs of real systems and what two other readers of audit logs make of them, when they are there (../shared). Nothing of
 * them is copied here; what differs on purpose is listed with its reason.
 */
const SAMPLES = '../shared/data/auditd'
const present = existsSync(SAMPLES)
const COALESCE = `${SAMPLES}/go-libaudit/aucoalesce/testdata`
const PARSE = `${SAMPLES}/go-libaudit/auparse/testdata`
const LAUREL = `${SAMPLES}/laurel`

type Json = Readonly<Record<string, unknown>>

function list(directory: string, ending: string): readonly string[] {
  return present ? readdirSync(directory).filter((name) => name.endsWith(ending)) : []
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Json)[key] : undefined), value)
}

function texts(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '' || value === 'unset') return undefined
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  return all.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join('|')
}

/** The events of some lines, by time and serial. */
function eventsOf(text: string): ReadonlyMap<string, EcsEvent> {
  const reader = new RecordReader({ format: 'auditd', host: 'h' })
  const records = [...reader.push(Buffer.from(text)), ...reader.end()]
  const normalizer = normalizerOf(reader.normalizerOf({}))
  return new Map(
    records.flatMap((record) => {
      const line = record.bytes.toString()
      const header = readHeader(line)
      const normalized = normalizer.normalize(line)
      return header && normalized.ok ? [[stampText(header), normalized.event] as const] : []
    }),
  )
}

/** Their field and ours; a field that they do not have is not compared. */
function differences(name: string, theirs: Json, ours: EcsEvent, fields: readonly (readonly [string, string])[]): string[] {
  return fields.flatMap(([path, field]) => {
    const expected = texts(at(theirs, path))
    const found = texts(readValues(ours, field))
    return expected === undefined || expected === found ? [] : [`${name} ${path}: ${expected.slice(0, 80)} → ${String(found).slice(0, 80)}`]
  })
}

/** Names that they give a number, or fields of ours that stand elsewhere. */
const RENDERED = new Set(['arch', 'syscall', 'exit', 'argc', 'socket_addr', 'socket_family', 'socket_port', 'socket_path', 'tty', 'uid', 'auid', 'gid', 'ses'])

/** What they keep of the fields themselves must be among ours, decoded as theirs is. */
function dataDifferences(name: string, theirs: unknown, ours: EcsEvent): string[] {
  return Object.entries((theirs ?? {}) as Json).flatMap(([key, expected]) => {
    if (RENDERED.has(key)) return []
    const found = texts(readValues(ours, `auditd.data.${key}`))
    return texts(expected) === found ? [] : [`${name} data.${key}: ${String(texts(expected))} → ${String(found)}`]
  })
}

describe.skipIf(!present)('go-libaudit', () => {
  test.each(list(PARSE, '.log'))('heads of %s', (file) => {
    const golden = JSON.parse(readFileSync(`${PARSE}/${file}.golden`, 'utf8')) as (Json | null)[]
    const lines = readFileSync(`${PARSE}/${file}`, 'utf8').split('\n').filter((line) => line.trim() !== '')
    for (const [i, expected] of golden.entries()) {
      if (expected === null) continue
      const header = readHeader(lines[i]!)
      expect([header?.ms, header?.serial, header?.type.toLowerCase()]).toEqual([Date.parse(String(expected['@timestamp'])), String(expected['sequence']), expected['record_type']])
    }
  })

  const ON_PURPOSE = [
    // A program that was not started by this record is named by its file, not by its thread.
    'xtables-multi', 'python3.5', 'vim.basic',
    // A call that returned EINPROGRESS is under way: it has not failed.
    'connect syscall event.outcome',
    // A denial is a failure, whatever the call beside it came to.
    'AVC_AppArmor event.outcome',
    // The file is the one that was made, and what an exec runs stands in process.executable.
    'make-device file.path', 'EXECVE file.path', 'EXECVE with multiple keys file.path', 'file_mode_preservation file.path',
    // Mounts are not told of as files.
    'mount syscall file.path',
    // Of two notices in one event the first by name is the kind.
    'TIME_INJOFFSET record_type',
    // Their reading of a key runs into the field behind it.
    'tags: x86_64',
  ]

  test('events', () => {
    let compared = 0
    const found: string[] = []
    for (const file of list(COALESCE, '.yaml')) {
      const inputs = new Map<string, string>()
      for (const [, name = '', block = ''] of readFileSync(`${COALESCE}/${file}`, 'utf8').matchAll(/^ {2}(\S.*?): [|>]\n((?: {4}.*\n?|\s*\n)*)/gm)) inputs.set(name.replaceAll('"', ''), block.replaceAll(/^ {4}/gm, ''))
      for (const golden of JSON.parse(readFileSync(`${COALESCE}/${file.replace('.yaml', '.json.golden')}`, 'utf8')) as Json[]) {
        const name = String(golden['test_name'])
        const [event] = eventsOf(inputs.get(name) ?? '').values()
        if (!event) {
          found.push(`${name}: nothing`)
          continue
        }
        compared++
        const result = at(golden, 'event.result')
        const theirs = { ...(golden['event'] as Json), event: { outcome: result === 'fail' ? 'failure' : result } }
        found.push(
          ...differences(name, theirs, event, [
            ['sequence', 'event.sequence'],
            ['event.outcome', 'event.outcome'],
            ['session', 'auditd.session'],
            ['record_type', 'auditd.message_type'],
            ['process.pid', 'process.pid'],
            ['process.ppid', 'process.parent.pid'],
            ['process.exe', 'process.executable'],
            ['process.name', 'process.name'],
            ['process.cwd', 'process.working_directory'],
            ['process.args', 'process.args'],
            ['user.ids.auid', 'user.audit.id'],
            ['destination.ip', 'destination.ip'],
            ['destination.port', 'destination.port'],
            ['source.ip', 'source.ip'],
            ['file.path', 'file.path'],
            ['ecs.user.target.name', 'user.target.name'],
            ['tags', 'tags'],
          ]),
          ...dataDifferences(name, golden['data'] ?? at(golden, 'event.data'), event),
        )
        // A message is about an account; who sent it is the effective user. Of everything else the sender is the user.
        const account = event['auditd'] !== undefined && texts(readValues(event, 'auditd.data.acct')) !== undefined ? (at(theirs, 'ecs.user.effective') as Json | undefined) : undefined
        const sender = texts(at(theirs, 'user.ids.uid'))
        const told = [readText(event, 'user.id'), readText(event, 'user.effective.id')]
        if (sender !== undefined && !told.includes(sender)) found.push(`${name} sender: ${sender} → ${told.join(', ')}`)
        const named = texts(account?.['name'])
        if (named !== undefined && named !== readText(event, 'user.name')) found.push(`${name} account: ${named} → ${String(readText(event, 'user.name'))}`)
      }
    }
    expect(compared).toBeGreaterThan(30)
    expect(found.filter((difference) => !ON_PURPOSE.some((reason) => difference.includes(reason)))).toEqual([])
  })
})

describe.skipIf(!present)('laurel', () => {
  test.each(list(LAUREL, '.json'))('%s', (file) => {
    const events = eventsOf(readFileSync(`${LAUREL}/${file.replace('.json', '.txt')}`, 'utf8'))
    for (const line of readFileSync(`${LAUREL}/${file}`, 'utf8').split('\n').filter(Boolean)) {
      const golden = JSON.parse(line) as Json
      const event = events.get(String(golden['ID']))
      expect(event).toBeDefined()
      expect(
        differences(file, golden, event!, [
          ['EXECVE.ARGV', 'process.args'],
          ['SYSCALL.pid', 'process.pid'],
          ['SYSCALL.ppid', 'process.parent.pid'],
          ['SYSCALL.exe', 'process.executable'],
          ['SYSCALL.UID', 'user.name'],
          ['SYSCALL.AUID', 'user.audit.name'],
          ['SYSCALL.key', 'tags'],
          ['CWD.cwd', 'process.working_directory'],
        ]),
      ).toEqual([])
    }
  })

  test('every line of every trace is read, notes of people aside', () => {
    for (const file of [...list(LAUREL, '.txt').map((name) => `${LAUREL}/${name}`), ...list(`${LAUREL}/tree`, '.txt').filter((name) => name !== 'README.txt').map((name) => `${LAUREL}/tree/${name}`)]) {
      const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
      expect(lines.filter((line) => readHeader(line) === null)).toEqual([])
      expect(readText([...eventsOf(lines.join('\n')).values()][0] ?? {}, 'host.os.type')).toBe(lines.length === 0 ? undefined : 'linux')
    }
  })
})
