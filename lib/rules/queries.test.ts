import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOCAL_ANALYST, type Context } from '@/lib/auth/context'
import { readRevision } from '@/lib/db/revision'
import { openStore, type Store } from '@/lib/db/store'
import { listRules, readRule } from './queries'
import { setRuleEnabled } from './set-enabled'
import { readRulePack, syncBundledRules } from './sync-bundled'

const AT = new Date('2026-11-03T10:00:00.000Z')
const LATER = new Date('2026-11-04T10:00:00.000Z')
let dir: string
let store: Store
let context: Context
let ruleId: string

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'rules-'))
  store = openStore(dir, process.cwd())
  context = { actor: LOCAL_ANALYST, db: store.client, events: store.events, clock: () => LATER }
  ruleId = readRulePack('rules')[0]!.rule_id
})

afterAll(async () => {
  await store.close()
  rmSync(dir, { recursive: true })
})

function addAlert(event: number, status: string): void {
  store.writer
    .prepare(
      `INSERT INTO alert (rule_id, rule_version_id, event_id, keys, severity, risk_score, reason, host_id, host_name, occurred_at, created_at, updated_at, status)
       SELECT id, version_id, ?, '{}', 'medium', 47, 'r', 'h', 'h', 0, 0, 0, ? FROM rule WHERE rule_id = ?`,
    )
    .run(event, status, ruleId)
}

function addException(name: string, forRule: string | null, enabled: number): void {
  store.writer
    .prepare(
      `INSERT INTO exception (name, reason, rule_id, entries, enabled, created_by, created_at, updated_by, updated_at) VALUES (?, 'r', ?, '[]', ?, 'a', 0, 'a', 0)`,
    )
    .run(name, forRule, enabled)
}

test('an empty database has no rules', async () => {
  expect(await listRules(context)).toEqual([])
  expect(await readRule(context, ruleId)).toBeNull()
})

test('a rule is listed with its alerts, its own exceptions and what it maps to', async () => {
  syncBundledRules(store.writer, 'rules', AT)
  addAlert(1, 'open')
  addAlert(2, 'open')
  addAlert(3, 'closed')
  addException('own', ruleId, 1)
  addException('switched off', ruleId, 0)
  addException('everywhere', null, 1)
  const rule = (await listRules(context)).find((row) => row.ruleId === ruleId)
  expect(rule).toMatchObject({ severity: 'medium', riskScore: 47, language: 'eql', enabled: true, alerts: 3, openAlerts: 2, exceptions: 1 })
  expect(rule?.updatedAt).toBe('2026-11-03T10:00:00.000Z')
  expect(rule?.techniques).toEqual(expect.arrayContaining(['TA0006', 'T1552', 'T1552.005']))
  expect(rule?.tags).toContain('OS: Linux')
})

test('its page says which caps were met', async () => {
  store.writer.exec(`UPDATE alert SET over_cap = 1 WHERE event_id = 2;
    INSERT INTO detection_run (id, kind, status, actor, started_at) VALUES (1, 'import', 'done', 'a', 0), (2, 'import', 'done', 'a', 0)`)
  const cut = store.writer.prepare(`INSERT INTO truncated_key (run_id, rule_id, "key") SELECT ?, id, ? FROM rule WHERE rule_id = ?`)
  for (const [run, key] of [[1, '["a"]'], [2, '["a"]'], [2, '["b"]']]) cut.run(run, key, ruleId)
  expect(await readRule(context, ruleId)).toMatchObject({ overCap: 1, truncatedKeys: 2 })
  store.writer.exec('UPDATE alert SET over_cap = 0; DELETE FROM detection_run')
})

test('its page has the document, every version, and the exceptions that touch it', async () => {
  const rule = await readRule(context, ruleId)
  expect(rule?.document.query).toContain('sequence by host.id')
  expect(rule).toMatchObject({ alerts: 3, openAlerts: 2, overCap: 0, truncatedKeys: 0 })
  expect(rule?.versions).toEqual([expect.objectContaining({ version: 1, current: true, alerts: 3, createdAt: '2026-11-03T10:00:00.000Z' })])
  expect(rule?.exceptions.map((row) => [row.name, row.enabled, row.forAllRules])).toEqual([
    ['own', true, false],
    ['everywhere', true, true],
    ['switched off', false, false],
  ])
})

test('switching a rule off is audited and tells the detector; doing it twice is neither', async () => {
  const before = readRevision(store.reader, 'rules')
  expect(await setRuleEnabled(context, { ruleId, enabled: false })).toEqual({ changed: true })
  expect(await readRule(context, ruleId)).toMatchObject({ enabled: false, updatedAt: LATER.toISOString() })
  expect(readRevision(store.reader, 'rules')).toBe(before + 1)
  const audit = await store.client.audit.findMany({ where: { entityType: 'rule', entityId: ruleId } })
  expect(audit).toEqual([expect.objectContaining({ action: 'rule.disable', actor: 'local analyst', at: LATER })])
  expect(JSON.parse(audit[0]!.detail)).toEqual({ before: { enabled: true }, after: { enabled: false } })

  expect(await setRuleEnabled(context, { ruleId, enabled: false })).toEqual({ changed: false })
  expect(readRevision(store.reader, 'rules')).toBe(before + 1)
  expect(await store.client.audit.count()).toBe(1)
})

test('a rule that does not exist is refused, and nothing is written', async () => {
  await expect(setRuleEnabled(context, { ruleId: 'nobody', enabled: true })).rejects.toMatchObject({ code: 'not_found' })
  await expect(setRuleEnabled(context, { ruleId: '', enabled: true })).rejects.toMatchObject({ code: 'invalid' })
  expect(await store.client.audit.count()).toBe(1)
})
