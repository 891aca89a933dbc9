/** lib/exceptions/testing: a data directory of its own with a rule, stored events and alerts, for the tests of the verbs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { AlertStatus, Verdict } from '@/lib/alerts/schema'
import type { Context } from '@/lib/auth/context'
import { packBlock } from '@/lib/db/raw-block'
import { openStore } from '@/lib/db/store'
import type { EcsEvent } from '@/lib/ecs/event'
import { eventRole } from '@/lib/ecs/event-role'
import { TEST_TIME, imdsPair, withFields } from '@/lib/ecs/testing'
import type { TestEventOptions } from '@/lib/ecs/testing'

export const RULE_ID = 'rule-imds'
export const NOW = new Date(TEST_TIME + 3_600_000)

interface SceneAlert {
  readonly status?: AlertStatus
  readonly verdict?: Verdict
  /** Fields that the exec record has and the network record has not. */
  readonly execFields?: Readonly<Record<string, unknown>>
}

export interface Scene {
  /** The data directory. */
  readonly dir: string
  readonly context: Context
  /** As another person, or at another time. */
  readonly as: (change: { actor?: string; now?: Date }) => Context
  /** Stores events and answers their row ids. */
  readonly store: (events: readonly EcsEvent[]) => readonly number[]
  /** Stores an exec and network pair with its hits and raises an alert of it; answers the alert's id. */
  readonly raise: (pair: TestEventOptions, alert?: SceneAlert, ruleId?: string) => number
  readonly addRule: (ruleId: string, name: string) => void
  readonly revision: () => number
  readonly audit: () => Promise<readonly { action: string; entityId: string; actor: string; detail: unknown }[]>
  readonly alert: (id: number) => Promise<{ status: string; verdict: string | null; closedAt: Date | null; history: readonly { kind: string; text: string }[] }>
  readonly close: () => Promise<void>
}

/** Opens the scene with one rule, `RULE_ID`, of two stages: exec, then network. */
export function openScene(): Scene {
  const dir = mkdtempSync(path.join(tmpdir(), 'linklocal-exceptions-'))
  const opened = openStore(dir, '.')
  const { writer: db, client } = opened
  const importId = Number(
    db
      .prepare("INSERT INTO source (name, kind, created_at) VALUES ('test', 'test', 0)")
      .run().lastInsertRowid,
  )
  db.prepare("INSERT INTO import (id, source_id, name, status, actor, started_at) VALUES (?, ?, 'test', 'done', 'test', 0)").run(importId, importId)
  const host = db.prepare("INSERT INTO host (host_id, name) VALUES ('h', 'web-01')").run().lastInsertRowid
  let pairs = 0

  const addRule = (ruleId: string, name: string) => {
    const document = { rule_id: ruleId, name, description: '', type: 'eql', language: 'eql', query: 'any where true', severity: 'medium', risk_score: 47 }
    const rule = db
      .prepare("INSERT INTO rule (rule_id, name, language, type, severity, risk_score, origin, updated_at) VALUES (?, ?, 'eql', 'eql', 'medium', 47, 'bundled', 0)")
      .run(ruleId, name).lastInsertRowid
    const version = db.prepare("INSERT INTO rule_version (rule_id, digest, document, created_at) VALUES (?, ?, ?, 0)").run(rule, ruleId, JSON.stringify(document)).lastInsertRowid
    db.prepare('UPDATE rule SET version_id = ? WHERE id = ?').run(version, rule)
  }
  addRule(RULE_ID, 'Unusual metadata request')

  // By hand, as the store would: these tests are about what is stored, not about how it got there.
  const storeEvents = (events: readonly EcsEvent[]): readonly number[] => {
    const packed = packBlock(events.map((event) => Buffer.from(JSON.stringify(event))))
    const block = db.prepare('INSERT INTO event_block (format, codec, "index", bytes) VALUES (\'ecs\', ?, ?, ?)').run(packed.codec, packed.index, packed.bytes).lastInsertRowid
    const insert = db.prepare('INSERT INTO event (identity, ts, host, import_id, block, block_at) VALUES (randomblob(16), ?, ?, ?, ?, ?)')
    const store = db.transaction(() => events.map((event, at) => Number(insert.run(Date.parse(String(event['@timestamp'])), host, importId, block, at).lastInsertRowid)))
    return store()
  }

  const raise: Scene['raise'] = (options, { status = 'open', verdict, execFields = {} } = {}, ruleId = RULE_ID) => {
    pairs++
    const [exec, network] = imdsPair({ pid: 1000 + pairs, at: TEST_TIME + pairs * 1000, gapMs: 300, ...options })
    const events = [withFields(exec, execFields), network]
    const ids = storeEvents(events)
    const rule = db.prepare<[string], { id: number; version_id: number }>('SELECT id, version_id FROM rule WHERE rule_id = ?').get(ruleId)
    if (!rule) throw new Error(`no rule ${ruleId}`)
    const at = TEST_TIME + pairs * 1000
    const alert = Number(
      db
        .prepare(
          `INSERT INTO alert (rule_id, rule_version_id, event_id, "keys", severity, risk_score, reason, host_id, host_name, occurred_at, created_at, updated_at, status, verdict)
           VALUES (?, ?, ?, '{}', 'medium', 47, ?, 'h', 'web-01', ?, ?, ?, ?, ?)`,
        )
        .run(rule.id, rule.version_id, ids[1], `${options.name ?? 'curl'} asked`, at, at, at, status, verdict ?? null).lastInsertRowid,
    )
    for (const [position, eventId] of ids.entries()) {
      const event = events[position]
      if (!event) throw new Error('a pair has two events')
      db.prepare('INSERT INTO alert_event (alert_id, position, role, stage, event_id) VALUES (?, ?, ?, ?, ?)').run(alert, position, eventRole(event), position, eventId)
      db.prepare(`INSERT INTO rule_hit (rule_id, "key", ts, ts_ns, event_id, stage) VALUES (?, 'k', ?, 0, ?, ?)`).run(rule.id, at, eventId, position)
    }
    return alert
  }

  const context: Context = { actor: { name: 'ana' }, db: client, events: opened.events, clock: () => NOW }
  return {
    dir,
    context,
    as: ({ actor, now }) => ({ ...context, actor: { name: actor ?? 'ana' }, clock: () => now ?? NOW }),
    store: storeEvents,
    raise,
    addRule,
    revision: () => db.prepare<[], number>("SELECT value FROM revision WHERE name = 'exceptions'").pluck().get() ?? 0,
    audit: async () => {
      const rows = await client.audit.findMany({ orderBy: { id: 'asc' } })
      return rows.map(({ action, entityId, actor, detail }) => ({ action, entityId, actor, detail: JSON.parse(detail) as unknown }))
    },
    alert: (id) => client.alert.findUniqueOrThrow({ where: { id }, select: { status: true, verdict: true, closedAt: true, history: { select: { kind: true, text: true }, orderBy: { id: 'asc' } } } }),
    close: async () => {
      await opened.close()
      rmSync(dir, { recursive: true })
    },
  }
}
