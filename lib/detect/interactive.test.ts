import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { databasePath } from '@/lib/db/open'
import type { EcsEvent } from '@/lib/ecs/event'
import { TEST_TIME, execEvent, networkEvent } from '@/lib/ecs/testing'
import { runImport } from '@/lib/ingest/run-import'
import { StoreSink } from './store-sink'

const RULE = 'c0b8a5de-7d0d-4c3e-9a0a-2f6c1f7f5b02'
const clock = (): Date => new Date(TEST_TIME + 86_400_000)
const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

/** Ingests each list as a file of its own, with a restart between, and answers the rule's alerts without row ids. */
async function alertsAfter(...files: readonly (readonly EcsEvent[])[]): Promise<string[]> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-interactive-'))
  directories.push(dataDir)
  for (const events of files) {
    const sink = new StoreSink({ dataDir, root: process.cwd(), clock, alone: true })
    async function* bytes(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from(events.map((event) => JSON.stringify(event)).join('\n')))
    }
    await runImport(sink, () => sink.rules(), bytes(), { name: 't', source: 't', kind: 'cli' }, { actor: 't' })
    sink.close()
  }
  const db = new Sqlite(databasePath(dataDir), { readonly: true })
  const rows = db
    .prepare<[string], { reason: string; roles: string }>(
      `SELECT a.reason, (SELECT group_concat(x, ' ') FROM (SELECT l.role || ':' || hex(e.identity) AS x FROM alert_event l JOIN event e ON e.id = l.event_id WHERE l.alert_id = a.id ORDER BY l.position)) AS roles
       FROM alert a JOIN rule r ON r.id = a.rule_id WHERE r.rule_id = ? AND a.retracted_at IS NULL`,
    )
    .all(RULE)
  db.close()
  return rows.map((row) => `${row.reason} | ${row.roles}`).sort()
}

const COMMAND = 'curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/'
const args = COMMAND.split(' ')
const shell = (tty: boolean): EcsEvent => execEvent({ id: 'shell', at: TEST_TIME - 60_000, name: 'bash', pid: 4700, entityId: 'shell', tty, parent: { entityId: 'sshd', name: 'sshd' } })
const curl = (tty: boolean): EcsEvent => execEvent({ id: 'curl', at: TEST_TIME, name: 'curl', args, pid: 4711, entityId: 'curl', tty, parent: { entityId: 'shell', name: 'bash' } })
const connection = networkEvent({ id: 'connect', at: TEST_TIME + 40, pid: 4711, entityId: 'curl', parent: { entityId: 'shell', name: 'bash' } })

describe('a network utility that names a metadata endpoint', () => {
  test.each([
    ['with a terminal of its own', [shell(false), curl(true)], 1],
    ['in a shell that has one', [shell(true), curl(false)], 1],
    ['with neither', [shell(false), curl(false)], 0],
    ['below something with a terminal that is no shell', [execEvent({ id: 'd', at: TEST_TIME - 1000, name: 'daemon', entityId: 'shell', tty: true }), curl(false)], 0],
    ['in a container, by an exec with a terminal', [execEvent({ id: 'c', name: 'curl', args, entityId: 'c', tty: true, parent: { name: 'runc' }, fields: { 'container.id': 'c1' } })], 1],
    ['two shells up', [shell(true), execEvent({ id: 'sh', at: TEST_TIME - 10, name: 'dash', entityId: 'sh', parent: { entityId: 'shell' } }), execEvent({ id: 'c', name: 'wget', args, entityId: 'c', parent: { entityId: 'sh' } })], 1],
    ['spelled as a number', [execEvent({ id: 'c', name: 'curl', args: ['curl', 'http://2852039166/latest/'], tty: true })], 1],
    ['that is no endpoint at all', [execEvent({ id: 'c', name: 'curl', args: ['curl', 'http://127.0.0.1/'], tty: true })], 0],
    ['but is no network utility', [execEvent({ id: 'c', name: 'grep', args: ['grep', '169.254.169.254', 'x'], tty: true })], 0],
  ])('%s', async (_name, events, count) => {
    expect(await alertsAfter(events)).toHaveLength(count)
  })

  test('links the shell, the exec and the connection, and says so in a sentence', async () => {
    const [alert] = await alertsAfter([connection, curl(false), shell(true)])
    expect(alert).toMatch(/^curl \(pid 4711, ubuntu\), run by bash, connected to 169\.254\.169\.254:80 40 ms later for credentials \| exec:\w+ exec:\w+ network:\w+$/)
  })

  test('raises when the shell with the terminal arrives after its child, and a restart', async () => {
    const inTime = await alertsAfter([shell(true), curl(false), connection])
    expect(inTime).toHaveLength(1)
    expect(await alertsAfter([curl(false)], [connection], [shell(true)])).toEqual(inTime)
  })

  test('gives the same alerts in any order and any number of files', async () => {
    const events = [shell(true), curl(false), connection, execEvent({ id: 'sh2', at: TEST_TIME - 5, name: 'dash', entityId: 'sh2', parent: { entityId: 'shell' } }), execEvent({ id: 'c2', name: 'wget', args, entityId: 'c2', pid: 9, parent: { entityId: 'sh2' } })]
    const sorted = await alertsAfter(events)
    expect(sorted).toHaveLength(2)
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(events, { minLength: events.length }), fc.integer({ min: 1, max: 5 }), async (shuffled, size) => {
        const files = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, i) => shuffled.slice(i * size, (i + 1) * size))
        expect(await alertsAfter(...files)).toEqual(sorted)
      }),
      { numRuns: 12 },
    )
  })
})
