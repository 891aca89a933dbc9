import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import type { Context } from '@/lib/auth/context'
import { createClient } from '@/lib/db/client'
import { EventReader } from '@/lib/db/event-reader'
import { openReader } from '@/lib/db/open'
import { readText } from '@/lib/ecs/event'
import { TEST_TIME, execEvent, imdsPair } from '@/lib/ecs/testing'
import { StoreSink } from '@/lib/detect/store-sink'
import { editReject } from './edit-reject'
import { countRejects, listRejects, listSources, readImport, readReject } from './queries'
import { retryRejects } from './retry-rejects'
import { runImport } from './run-import'
import type { ImportRequest, RetryRequest } from './schema'
import { retryRequest } from './schema'

const clock = (): Date => new Date(TEST_TIME + 86_400_000)
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function open() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-retry-'))
  const sink = new StoreSink({ dataDir, root: process.cwd(), clock, alone: true })
  const db = createClient(dataDir)
  const reader = openReader(dataDir)
  closers.push(async () => {
    await db.$disconnect()
    reader.close()
    sink.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const context: Context = { actor: LOCAL_ANALYST, db, events: new EventReader(reader), clock }
  async function* stream(bytes: Buffer): AsyncGenerator<Buffer> {
    yield await Promise.resolve(bytes)
  }
  return {
    context,
    sink,
    ingest: (bytes: Buffer | string, request: Partial<ImportRequest> = {}) =>
      runImport(sink, () => sink.rules(), stream(Buffer.from(bytes)), { name: 'web.log', source: 'web', kind: 'upload', ...request }, { actor: 'somebody' }),
    retry: (request: RetryRequest) => retryRejects(sink, reader, () => sink.rules(), retryRequest.parse(request), { actor: 'somebody else' }),
    rejects: (state: 'open' | 'resolved') => listRejects(context, { state }, { limit: 100 }),
    events: () => context.events.scan(0, 100),
  }
}

/** One exec on an unnamed host: auditd without name_format. */
const AUDIT = (serial: number): string =>
  [
    `type=SYSCALL msg=audit(1762164000.123:${serial}): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=4700 pid=${4711 + serial} auid=1000 uid=1000 gid=1000 euid=1000 suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=3 comm="curl" exe="/usr/bin/curl" key="exec"`,
    `type=EXECVE msg=audit(1762164000.123:${serial}): argc=2 a0="curl" a1="http://169.254.169.254/latest/meta-data/"`,
    `type=EOE msg=audit(1762164000.123:${serial}):`,
  ].join('\n')

function without(event: object, key: string): string {
  return JSON.stringify(Object.fromEntries(Object.entries(event).filter(([name]) => name !== key)))
}

describe('retrying rejected records', () => {
  test('with the host they do not name stores them, as an import of their own that says what it retried', async () => {
    const { context, ingest, retry, rejects, events } = open()
    const first = await ingest(`${AUDIT(1)}\n${AUDIT(2)}\n`)
    expect(first).toMatchObject({ stored: 0, rejected: 2 })
    const summary = await retry({ importId: first.importId, host: 'web-01' })
    expect(summary).toMatchObject({ resolved: 2, failed: 0, cut: 0, stored: 2, duplicates: 0, error: null, imports: [{ name: 'retry of web.log' }] })
    expect(await rejects('open')).toEqual([])
    const [again] = summary.imports
    expect(await rejects('resolved')).toMatchObject([
      { record: 1, code: 'no_host', resolvedImportId: again!.id, resolvedAt: clock().toISOString() },
      { record: 4, code: 'no_host', resolvedImportId: again!.id },
    ])
    expect(await readImport(context, again!.id)).toMatchObject({ source: 'web', retryOf: first.importId, format: 'auditd', actor: 'somebody else', stored: 2, rejected: 0 })
    expect(await readImport(context, first.importId)).toMatchObject({ rejected: 2, resolved: 2 })
    expect(await listSources(context)).toMatchObject([{ name: 'web', stored: 2, rejected: 0 }])
    expect(events().map((stored) => readText(context.events.document(stored), 'host.id'))).toEqual(['web-01', 'web-01'])
    expect(events().map(({ raw }) => raw.toString())).toEqual([AUDIT(1), AUDIT(2)])
    expect(await context.db.audit.findMany({ where: { action: 'import.retry' } })).toMatchObject([{ actor: 'somebody else', entityId: String(again!.id) }])
  })

  test('of documents without a host as well, and they raise what they would have raised', async () => {
    const { ingest, retry, events, context } = open()
    const { importId } = await ingest(imdsPair().map((event) => JSON.stringify({ ...event, host: { os: { type: 'linux' } } })).join('\n'))
    expect(await retry({ importId })).toMatchObject({ resolved: 0, failed: 2 })
    expect(await retry({ importId, host: 'web-02' })).toMatchObject({ resolved: 2, stored: 2, alerts: 1 })
    expect(events().map((stored) => [stored.format, readText(context.events.document(stored), 'host.id')])).toEqual([
      ['ecs@web-02', 'web-02'],
      ['ecs@web-02', 'web-02'],
    ])
  })

  test('what is rejected again keeps its place with the first import, with the new reason', async () => {
    const { context, ingest, retry, rejects } = open()
    const { importId } = await ingest(`${AUDIT(1)}\nnonsense\n`)
    const before = await rejects('open')
    const summary = await retry({ importId, host: 'web-01' })
    expect(summary).toMatchObject({ resolved: 1, failed: 1, stored: 1 })
    expect(await rejects('open')).toMatchObject([{ id: before.find(({ code }) => code === 'not_audit')!.id, importId, code: 'not_audit', retriedAt: clock().toISOString() }])
    expect(await readImport(context, summary.imports[0]!.id)).toMatchObject({ records: 2, stored: 1, rejected: 1 })
    expect(await countRejects(context, { importId: summary.imports[0]!.id })).toEqual([])
    expect(await listSources(context)).toMatchObject([{ stored: 1, rejected: 1 }])
  })

  test('as audit records puts lines together that were taken for documents, the separators of ausearch among them', async () => {
    const { ingest, retry, rejects, events } = open()
    const text = `${AUDIT(1)}\n----\ntime->Mon Nov  3 10:00:00 2025\n${AUDIT(2)}\nrubbish\n`
    const { importId } = await ingest(text, { format: 'ecs' })
    expect(await rejects('open')).toHaveLength(9)
    expect(await retry({ importId, format: 'auditd', host: 'web-01' })).toMatchObject({ resolved: 8, failed: 1, stored: 2 })
    expect(events().map(({ raw }) => raw.toString())).toEqual([AUDIT(1), AUDIT(2)])
    expect(await rejects('open')).toMatchObject([{ record: 9, code: 'not_audit' }])
  })

  test('an event of audit records that is rejected again gives its reason to each of its lines', async () => {
    const { ingest, retry, rejects } = open()
    const { importId } = await ingest(`${AUDIT(1)}\n`, { format: 'ecs' })
    expect(await retry({ importId, format: 'auditd' })).toMatchObject({ resolved: 0, failed: 3 })
    expect((await rejects('open')).map(({ code }) => code)).toEqual(['no_host', 'no_host', 'no_host'])
  })

  test('keeps the host that was named at first, where only the format is named', async () => {
    const { ingest, retry, events } = open()
    const { importId } = await ingest(`${AUDIT(1)}\n`, { format: 'ecs', host: 'web-07' })
    expect(await retry({ importId, format: 'auditd' })).toMatchObject({ resolved: 3, stored: 1 })
    expect(events().map(({ format }) => format)).toEqual(['auditd@web-07'])
  })

  test('as documents reads what was taken for audit records', async () => {
    const { ingest, retry } = open()
    const { importId } = await ingest(`${JSON.stringify(execEvent())}\n`, { format: 'auditd' })
    expect(await retry({ importId, format: 'ecs' })).toMatchObject({ resolved: 1, stored: 1 })
  })

  test('takes those that are named, or of one reason, and leaves the rest', async () => {
    const { ingest, retry, rejects } = open()
    const lines = [AUDIT(1), 'nonsense', AUDIT(2)]
    const { importId } = await ingest(lines.join('\n'))
    const [one] = (await rejects('open')).filter(({ code }) => code === 'no_host')
    expect(await retry({ ids: [one!.id], host: 'a' })).toMatchObject({ resolved: 1, failed: 0 })
    expect(await retry({ importId, code: 'no_host', host: 'a' })).toMatchObject({ resolved: 1, failed: 0 })
    expect(await rejects('open')).toMatchObject([{ code: 'not_audit' }])
  })

  test('of several imports are an import each, of their own source', async () => {
    const { context, ingest, retry } = open()
    await ingest(AUDIT(1), { name: 'a.log', source: 'a' })
    await ingest(AUDIT(2), { name: 'b.log', source: 'b' })
    const summary = await retry({ code: 'no_host', host: 'web-01' })
    expect(summary).toMatchObject({ resolved: 2, imports: [{ name: 'retry of a.log' }, { name: 'retry of b.log' }] })
    expect((await Promise.all(summary.imports.map(({ id }) => readImport(context, id)))).map((row) => row?.source)).toEqual(['a', 'b'])
  })

  test('of an event that came since counts it once and settles it', async () => {
    const { ingest, retry, rejects } = open()
    const { importId } = await ingest(AUDIT(1))
    await ingest(AUDIT(1), { host: 'web-01', name: 'again.log' })
    expect(await retry({ importId, host: 'web-01' })).toMatchObject({ resolved: 1, stored: 0, duplicates: 1 })
    expect(await rejects('open')).toEqual([])
  })

  test('is refused where only the beginning was kept, and leaves such records out elsewhere', async () => {
    const { context, ingest, retry, rejects } = open()
    const long = `{"message":"${'x'.repeat(100_000)}"}`
    const { importId } = await ingest(`${long}\n${without(execEvent(), 'host')}\n`)
    const [cut] = await rejects('open')
    expect(cut).toMatchObject({ cut: true, size: long.length })
    await expect(retry({ ids: [cut!.id] })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('65,536') as string })
    expect(await retry({ importId, host: 'web-01' })).toMatchObject({ resolved: 1, cut: 1 })
    await expect(editReject(context, { id: cut!.id, text: '{}' })).rejects.toMatchObject({ code: 'conflict' })
    await expect(retry({ importId: 99 })).rejects.toMatchObject({ code: 'not_found' })
  })

  test('keeps hostile bytes as they are: NUL, line feeds inside, invalid UTF-8, __proto__', async () => {
    const { ingest, retry, rejects, events } = open()
    // An array, so that the records may hold line feeds.
    const records = [
      Buffer.from(without(execEvent({ id: 'a' }), 'host').replace('{', '{\n "__proto__": {"polluted": true},\n "nul": "\\u0000",')),
      Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xff, 0xfe]), Buffer.from(`",${without(execEvent({ id: 'b' }), 'host').slice(1)}`)]),
      Buffer.from('{"half": \u0000}'),
    ]
    const { importId } = await ingest(Buffer.concat([Buffer.from('['), ...records.flatMap((record, i) => (i === 0 ? [record] : [Buffer.from(','), record])), Buffer.from(']')]))
    expect(await rejects('open')).toHaveLength(3)
    expect(await retry({ importId, host: 'web-01' })).toMatchObject({ resolved: 2, failed: 1, stored: 2 })
    expect(events().map(({ raw }) => raw.toString('hex'))).toEqual(records.slice(0, 2).map((record) => record.toString('hex')))
    expect(await rejects('open')).toMatchObject([{ code: 'not_json' }])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('a record that ended in the middle says so still', async () => {
    const { ingest, retry, rejects } = open()
    const { importId } = await ingest(`[${JSON.stringify(execEvent()).slice(0, 200)}`)
    expect(await rejects('open')).toMatchObject([{ code: 'unterminated' }])
    expect(await retry({ importId })).toMatchObject({ failed: 1 })
    expect(await rejects('open')).toMatchObject([{ code: 'unterminated' }])
  })

  test('is resolved by more of them than one batch holds', async () => {
    const { ingest, retry, rejects } = open()
    const { importId } = await ingest(Array.from({ length: 250 }, (_, i) => without(execEvent({ id: `e${i}`, at: TEST_TIME + i }), 'host')).join('\n'))
    expect(await retry({ importId, host: 'web-01' })).toMatchObject({ resolved: 250, stored: 250 })
    expect(await rejects('open')).toEqual([])
  })
})

describe('editing a rejected record', () => {
  test('reads what was written instead, keeps what was sent, and leaves its trace', async () => {
    const { context, ingest, retry, rejects, events } = open()
    const { importId } = await ingest('{"@timestamp": "yesterday"}')
    const [reject] = await rejects('open')
    const fixed = JSON.stringify(execEvent())
    expect(await editReject(context, { id: reject!.id, text: fixed })).toEqual({ changed: true })
    expect(await editReject(context, { id: reject!.id, text: fixed })).toEqual({ changed: false })
    const summary = await retry({ ids: [reject!.id] })
    expect(summary).toMatchObject({ resolved: 1, stored: 1 })
    expect(events().map(({ raw }) => raw.toString())).toEqual([fixed])
    const kept = await readReject(context, reject!.id)
    expect(Buffer.from(kept!.bytes).toString()).toBe('{"@timestamp": "yesterday"}')
    expect(kept).toMatchObject({ importId, editedBy: LOCAL_ANALYST.name, editedAt: clock().toISOString() })
    expect((await readImport(context, summary.imports[0]!.id))?.notes).toEqual([expect.stringContaining('One record was edited by hand')])
    const [audit] = await context.db.audit.findMany({ where: { action: 'reject.edit' } })
    // sha256 of {"@timestamp": "yesterday"}, by sha256sum.
    expect(JSON.parse(audit!.detail)).toMatchObject({ reject: reject!.id, record: 1, sent: '5c144781c21a4ddec3b94e9ee0e20d5e0e7c1cfdb42e780b97605d4ef726bac3' })
    await expect(editReject(context, { id: reject!.id, text: 'x' })).rejects.toMatchObject({ code: 'conflict' })
  })

  test('can be taken back', async () => {
    const { context, ingest, rejects } = open()
    await ingest('nonsense {')
    const [reject] = await rejects('open')
    await editReject(context, { id: reject!.id, text: '{}' })
    await editReject(context, { id: reject!.id, text: null })
    expect(await readReject(context, reject!.id)).toMatchObject({ edited: null, editedBy: null })
    await expect(editReject(context, { id: reject!.id, text: '  ' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(editReject(context, { id: reject!.id, text: 'ü'.repeat(40_000) })).rejects.toMatchObject({ code: 'invalid' })
    await expect(editReject(context, { id: 99, text: 'x' })).rejects.toMatchObject({ code: 'not_found' })
  })
})
