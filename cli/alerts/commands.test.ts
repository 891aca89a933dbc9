import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { seedStore } from '@/lib/cases/testing/seeded-store'
import type { SeededStore } from '@/lib/cases/testing/seeded-store'
import { TEST_TIME, imdsPair } from '@/lib/ecs/testing'
import { askedText } from './asked-text'
import { listCommand } from './list'
import { showCommand } from './show'

const ASKED = {
  imds_provider: 'aws',
  imds_host: '169.254.169.254',
  imds_path: '/latest/meta-data/iam/security-credentials/web',
  imds_path_class: 'credentials',
  imds_role: 'web\u001b[2J',
  imds_version: 'v1',
}
let seeded: SeededStore
let printed = ''

beforeAll(() => {
  seeded = seedStore()
  vi.stubEnv('LINKLOCAL_DATA', seeded.store.dataDir)
  seeded.addAlert(imdsPair(), ASKED)
  seeded.addAlert(imdsPair({ at: TEST_TIME + 60_000, pid: 5000 }), { ...ASKED, imds_path_class: 'other', imds_role: null, imds_path: '/latest/meta-data/mac' })
  seeded.addAlert(imdsPair({ at: TEST_TIME + 120_000, pid: 5001 }))
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await seeded.close()
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

const ids = () =>
  printed
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id)

test('list says what was asked for, in words without control characters and as JSON', async () => {
  await listCommand({ json: false })
  const [first, second, third] = printed.split('\n')
  expect(first).toContain('[Credentials of web\\u{1b}[2J · AWS · IMDSv1]')
  expect(second).toContain('[Instance facts · AWS · IMDSv1]')
  expect(third).not.toContain('[')
  printed = ''
  await listCommand({ json: true })
  const [asking, , silent] = printed.split('\n').map((line) => (line === '' ? {} : (JSON.parse(line) as Record<string, unknown>)))
  expect(asking?.['imds']).toEqual({ provider: 'aws', host: '169.254.169.254', path: ASKED.imds_path, path_class: 'credentials', role: ASKED.imds_role, version: 'v1' })
  expect(silent?.['imds']).toBeNull()
})

test('list filters by what was asked for and by role', async () => {
  await listCommand({ json: true, asked: 'other' })
  expect(ids()).toEqual(['A-2'])
  printed = ''
  await listCommand({ json: true, role: ASKED.imds_role })
  expect(ids()).toEqual(['A-1'])
})

test('show says it in a line', async () => {
  await showCommand('A-1', { json: false })
  expect(printed).toContain('\nAsked for  Credentials of web\\u{1b}[2J · AWS · IMDSv1\n')
})

test.each([
  [{ pathClass: null, role: null, provider: null, version: null }, 'Path not said'],
  [{ pathClass: 'token', role: null, provider: 'aws', version: 'v2' }, 'Session token · AWS · IMDSv2'],
  [{ pathClass: 'credentials', role: 'r', provider: 'gcp', version: null }, 'Credentials of r · Google Cloud'],
] as const)('%j reads %s', (facts, text) => {
  expect(askedText({ ...facts, host: null, path: null })).toBe(text)
})

test('list leaves out what was retracted, unless asked for it', async () => {
  seeded.addAlert(imdsPair({ at: TEST_TIME + 180_000, pid: 5002 }), { retracted_at: TEST_TIME + 200_000 })
  await listCommand({ json: true })
  expect(ids()).toEqual(['A-1', 'A-2', 'A-3'])
  printed = ''
  await listCommand({ json: false, retracted: true })
  expect(printed).toMatch(/A-4 .*\(retracted\)/)
})

test('show masks secrets, and shows them for a reason that the audit log keeps', async () => {
  const id = seeded.addAlert(imdsPair({ at: TEST_TIME + 240_000, pid: 5003, args: ['curl', '-u', 'ann:hunter2', '-H', 'X-aws-ec2-metadata-token: abc123', 'http://169.254.169.254/'] }))
  for (const json of [false, true]) {
    printed = ''
    await showCommand(`A-${id}`, { json })
    expect(printed).toContain('••••••••')
    expect(printed).not.toContain('hunter2')
    expect(printed).not.toContain('abc123')
  }
  expect(JSON.parse(printed)).toMatchObject({ id: `A-${id}` })
  await expect(showCommand(`A-${id}`, { json: false, showSecrets: ' ' })).rejects.toThrow(/why secrets are to be shown/)
  printed = ''
  await showCommand(`A-${id}`, { json: false, showSecrets: 'asked by the provider' })
  expect(printed).toContain('hunter2')
  const row = await seeded.context.db.audit.findFirstOrThrow({ where: { action: 'alert.show_secrets' } })
  expect(row).toMatchObject({ entityId: `A-${id}`, detail: JSON.stringify({ reason: 'asked by the provider' }) })
})
