import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { registerAlerts } from '@/cli/alerts'
import { registerBackup } from '@/cli/backup'
import { registerCase } from '@/cli/case'
import { inspect } from '@/cli/doctor/inspect'
import { reportFailure } from '@/cli/failure'
import { registerRetention } from '@/cli/retention'
import { registerRules } from '@/cli/rules'
import { registerRuns } from '@/cli/runs'
import { createCase } from '@/lib/cases/create-case'
import { seedStore } from '@/lib/cases/testing/seeded-store'
import { lockDirectory } from '@/lib/db/directory-lock'
import { openDatabase } from '@/lib/db/open'
import { isWritable } from '@/lib/db/reading-place'
import { imdsPair } from '@/lib/ecs/testing'
import { verifyZip } from '@/lib/export/verify-zip'
import { syncBundledRules } from '@/lib/rules/sync-bundled'

const root = mkdtempSync(path.join(tmpdir(), 'linklocal-read-only-'))
const dataDir = path.join(root, 'data')
let out = ''
let err = ''

const mount = (...args: readonly string[]) => spawnSync('mount', args).status === 0

/** Permission bits hold nobody who is root; a mount does. Where neither can be had the tests are skipped. */
function makeReadOnly(): boolean {
  chmodSync(dataDir, 0o555)
  if (!isWritable(dataDir)) return true
  return mount('--bind', dataDir, dataDir) && mount('-o', 'remount,ro,bind', dataDir)
}

async function seed(): Promise<void> {
  const seeded = seedStore()
  const alert = seeded.addAlert(imdsPair({ pid: 1 }))
  await createCase(seeded.context, { title: 'Read-only', alertIds: [alert] })
  syncBundledRules(seeded.store.writer, 'rules', new Date(0))
  mkdirSync(dataDir)
  await seeded.store.writer.backup(path.join(dataDir, 'linklocal.db'))
  // In the mode that a console leaves behind.
  openDatabase(dataDir, 'prisma/migrations').close()
  await seeded.close()
}
await seed()
const readOnly = makeReadOnly()

beforeAll(() => {
  vi.stubEnv('LINKLOCAL_DATA', dataDir)
})
afterAll(() => {
  process.exitCode = 0
  vi.unstubAllEnvs()
  spawnSync('umount', [dataDir])
  chmodSync(dataDir, 0o755)
  rmSync(root, { recursive: true, force: true })
})
beforeEach(() => {
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true))
})

/** Runs a command as the entry would; answers its exit code. */
async function run(...args: readonly string[]): Promise<number> {
  const program = new Command('linklocal').exitOverride()
  for (const register of [registerAlerts, registerBackup, registerCase, registerRetention, registerRules, registerRuns]) register(program)
  process.exitCode = 0
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    return reportFailure(error)
  }
  return process.exitCode
}

test.skipIf(!readOnly)('what is stored can be read', async () => {
  expect(readdirSync(dataDir)).toEqual(['linklocal.db'])
  expect(await run('alerts', 'list')).toBe(0)
  expect(out).toContain('A-1')
  expect(await run('alerts', 'show', 'A-1')).toBe(0)
  expect(await run('rules', 'list')).toBe(0)
  expect(await run('runs')).toBe(0)
  expect(await run('case', 'list')).toBe(0)
  expect(await run('retention', 'show')).toBe(0)
  expect(inspect(dataDir, '.', { quick: false })).toMatchObject({ read_only: true, database: { integrity: 'ok' }, counts: { alerts: 1 } })
  expect(err).toBe('')
})

test.skipIf(!readOnly)('a case can be exported, and it is said that the audit log does not have it', async () => {
  const file = path.join(root, 'case.zip')
  expect(await run('case', 'export', 'C-1', '--out', file)).toBe(0)
  expect((await verifyZip(file)).ok).toBe(true)
  expect(err).toContain('the data directory is read-only, so its audit log does not say that this was exported')
})

test.skipIf(!readOnly)('a backup can be taken', async () => {
  expect(await run('backup', path.join(root, 'copy.db'))).toBe(0)
  expect(readdirSync(root)).toContain('copy.db')
})

test.skipIf(!readOnly)('writing is refused in one sentence', async () => {
  for (const args of [
    ['case', 'create', '--title', 'x'],
    ['case', 'add', 'C-1', 'A-1'],
    ['retention', 'set', '--days', '30'],
    ['retention', 'compact'],
  ]) {
    err = ''
    // oxlint-disable-next-line no-await-in-loop -- one at a time: they share what is captured
    expect([args.join(' '), await run(...args)]).toEqual([args.join(' '), 4])
    expect(err).toMatch(/^linklocal: [^\n]*read-only[^\n]*\.\n$/)
  }
  expect(() => openDatabase(dataDir, 'prisma/migrations')).toThrow(/is read-only/)
  expect(() => lockDirectory(dataDir, new Date())).toThrow(/is read-only/)
})

test.skipIf(!readOnly)('nothing is left of what was copied to be read', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('linklocal-read-') && name !== path.basename(root))
  await run('alerts', 'list')
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('linklocal-read-') && name !== path.basename(root))).toEqual(before)
})

test('a directory that can be written is one, also before it is there', () => {
  const other = mkdtempSync(path.join(tmpdir(), 'linklocal-writable-'))
  expect(isWritable(path.join(other, 'new', 'data'))).toBe(true)
  writeFileSync(path.join(other, 'linklocal.db'), '')
  expect(isWritable(other)).toBe(true)
  rmSync(other, { recursive: true })
})
