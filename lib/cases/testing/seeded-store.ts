/** lib/cases/testing: a database of its own with a rule, events and alerts in it, for tests of cases and their export. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Context } from '@/lib/auth/context'
import { entityKey } from '@/lib/db/hash'
import { openStore } from '@/lib/db/store'
import type { Store } from '@/lib/db/store'
import type { EcsEvent } from '@/lib/ecs/event'
import { readText } from '@/lib/ecs/event'
import { eventRole } from '@/lib/ecs/event-role'
import { parseTimestamp } from '@/lib/ecs/timestamp'
import { syncBundledRules } from '@/lib/rules/sync-bundled'

/** "Unusual Instance Metadata Service (IMDS) API Request". */
const IMDS_RULE = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'

export interface SeededStore {
  readonly store: Store
  readonly context: Context
  /** Sets what the context's clock says. */
  setTime(iso: string): void
  /** Stores a record exactly as it is given and answers its row id. */
  addEvent(raw: string | Buffer): number
  /** Raises an alert of the bundled rule over records; the last is the completing one. */
  addAlert(events: readonly (string | Buffer | EcsEvent)[], fields?: Readonly<Record<string, string | number | null>>): number
  close(): Promise<void>
}

function rawOf(event: string | Buffer | EcsEvent): Buffer {
  if (Buffer.isBuffer(event)) return event
  return Buffer.from(typeof event === 'string' ? event : JSON.stringify(event))
}

/** Opens a store in a new temporary folder, with the bundled rules. `close` removes it. */
export function seedStore(): SeededStore {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-cases-'))
  const store = openStore(dataDir, '.')
  const { writer } = store
  let now = new Date('2026-11-21T19:00:00.000Z')
  syncBundledRules(writer, 'rules', now)
  // One rule of the pack, by its own id: the pack grows.
  const rule = writer.prepare<[string], { id: number; version_id: number }>('SELECT id, version_id FROM rule WHERE rule_id = ?').get(IMDS_RULE)
  if (!rule) throw new Error('no bundled rule')
  writer.prepare('INSERT INTO source (name, kind, created_at) VALUES (?, ?, ?)').run('test', 'cli', now.getTime())
  writer.prepare("INSERT INTO import (source_id, name, status, actor, started_at) VALUES (1, 'test.ndjson', 'done', 'test', ?)").run(now.getTime())
  // Rows as the ingest writes them, without it: these tests are about what is stored, not how it came.
  const addEvent = (raw: string | Buffer): number => {
    const bytes = rawOf(raw)
    const event = JSON.parse(bytes.toString('utf8')) as EcsEvent
    const identity = createHash('sha256').update(bytes).digest().subarray(0, 16)
    const known = writer.prepare<[Buffer], number>('SELECT id FROM event WHERE identity = ?').pluck().get(identity)
    if (known !== undefined) return known
    const hostId = readText(event, 'host.id') ?? ''
    const hostName = readText(event, 'host.name') ?? hostId
    writer.prepare('INSERT INTO host (host_id, name) VALUES (?, ?) ON CONFLICT (host_id) DO NOTHING').run(hostId, hostName)
    const host = writer.prepare<[string], number>('SELECT id FROM host WHERE host_id = ?').pluck().get(hostId)
    const index = Buffer.alloc(4)
    index.writeUInt32LE(bytes.length)
    const block = writer.prepare("INSERT INTO event_block (format, codec, \"index\", bytes) VALUES ('ecs', 'none', ?, ?)").run(index, bytes).lastInsertRowid
    const time = parseTimestamp(readText(event, '@timestamp')) ?? { ms: 0, ns: 0 }
    const keyOf = (entity: string | undefined) => (entity === undefined ? null : entityKey(hostId, entity))
    const row = writer
      .prepare('INSERT INTO event (identity, ts, ts_ns, host, entity, parent, import_id, block, block_at) VALUES (?, ?, ?, ?, ?, ?, 1, ?, 0)')
      .run(identity, time.ms, time.ns, host, keyOf(readText(event, 'process.entity_id')), keyOf(readText(event, 'process.parent.entity_id')), block)
    return Number(row.lastInsertRowid)
  }

  return {
    store,
    context: { actor: { name: 'local analyst' }, db: store.client, events: store.events, clock: () => now },
    setTime: (iso) => {
      now = new Date(iso)
    },
    addEvent,
    addAlert: (records, fields = {}) => {
      const ids = records.map((record) => addEvent(rawOf(record)))
      const parsed = records.map((record) => JSON.parse(rawOf(record).toString('utf8')) as EcsEvent)
      const [first] = parsed
      const last = parsed.at(-1)
      if (!first || !last) throw new Error('an alert has records')
      const row = {
        rule_id: rule.id,
        rule_version_id: rule.version_id,
        event_id: ids.at(-1) ?? 0,
        keys: JSON.stringify({ 'host.id': readText(first, 'host.id'), 'process.parent.entity_id': readText(first, 'process.parent.entity_id') ?? null }),
        severity: 'medium',
        risk_score: 47,
        reason: 'curl (pid 4711), run by bash, connected to 169.254.169.254:80 410 ms later',
        host_id: readText(first, 'host.id') ?? '',
        host_name: readText(first, 'host.name') ?? '',
        process_name: readText(first, 'process.name') ?? null,
        parent_executable: readText(first, 'process.parent.executable') ?? null,
        user_name: readText(first, 'user.name') ?? null,
        occurred_at: Date.parse(readText(last, '@timestamp') ?? ''),
        created_at: now.getTime(),
        updated_at: now.getTime(),
        ...fields,
      }
      const names = Object.keys(row)
      const added = writer.prepare(`INSERT INTO alert (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`).run(...Object.values(row))
      const alertId = Number(added.lastInsertRowid)
      ids.forEach((eventId, position) => {
        const role = eventRole(parsed[position] ?? {})
        writer.prepare('INSERT INTO alert_event (alert_id, position, role, stage, event_id) VALUES (?, ?, ?, ?, ?)').run(alertId, position, role, position, eventId)
      })
      writer
        .prepare("INSERT INTO alert_history (alert_id, at, actor, kind, text) VALUES (?, ?, 'detector', 'raised', 'Raised')")
        .run(alertId, now.getTime())
      return alertId
    },
    close: async () => {
      await store.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
