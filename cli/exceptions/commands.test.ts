import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createException } from '@/lib/exceptions/create-exception'
import { RULE_ID, openScene } from '@/lib/exceptions/testing/scene'
import type { Scene } from '@/lib/exceptions/testing/scene'
import { listCommand } from './list'
import { previewCommand } from './preview'

const ENTRIES = [{ type: 'match' as const, field: 'process.parent.name', operator: 'included' as const, value: 'cron\u001b[2J' }]
let scene: Scene
let printed = ''

beforeAll(async () => {
  scene = openScene()
  vi.stubEnv('LINKLOCAL_DATA', scene.dir)
  scene.raise({ parent: { name: 'cron\u001b[2J' } }, { status: 'closed', verdict: 'true_positive' })
  scene.raise({ parent: { name: 'bash' } })
  await createException(scene.context, { name: 'Cron', reason: 'Hourly.', ruleId: RULE_ID, entries: ENTRIES, acknowledgedAlertIds: [1] })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await scene.close()
})
beforeEach(() => {
  printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

function item(value: unknown): string {
  const file = path.join(scene.dir, 'item.json')
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value))
  return file
}

test('list prints an exception a line as JSON, and in words without control characters', async () => {
  await listCommand({ json: true })
  expect(JSON.parse(printed)).toMatchObject({ id: 'E-1', rule_id: RULE_ID, state: 'active', hits: 0, alert: null, entries: ENTRIES })
  printed = ''
  await listCommand({ json: false })
  expect(printed).toContain('process.parent.name is cron\\u{1b}[2J')
})

test('preview answers for an item of the Elastic format, and says aloud what it would have hidden', async () => {
  const file = item({ type: 'simple', name: 'n', list_id: 'l', entries: ENTRIES })
  await previewCommand({ file, json: true })
  expect(JSON.parse(printed)).toMatchObject({ events: { matched: 2, scanned: 4 }, alerts: { matched: 1, closed: { true_positive: 1 }, listed: [{ id: 'A-1', verdict: 'true_positive' }] } })
  printed = ''
  await previewCommand({ file, rule: RULE_ID, stage: 1, json: false })
  expect(printed).toMatch(/^DANGER: .*A-1/)
})

test('preview warns as the form does, of a field that nothing has and of a star that is none', async () => {
  await previewCommand({ file: item({ entries: [{ type: 'match', field: 'process.executeable', operator: 'included', value: '/opt/*' }] }), json: false })
  expect(printed).toMatch(/warning: process\.executeable is no field .* Did you mean process\.executable/)
  expect(printed).toContain('only a star')
})

test.each([
  ['not JSON', '{'],
  ['no object', '[]'],
  ['no conditions', { entries: [] }],
  ['a condition of a kind there is none of', { entries: [{ type: 'list', field: 'a', operator: 'included', list: {} }] }],
])('refuses %s', async (_name, value) => {
  await expect(previewCommand({ file: item(value), json: true })).rejects.toMatchObject({ code: 'invalid' })
  expect(printed).toBe('')
})
