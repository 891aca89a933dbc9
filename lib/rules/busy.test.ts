import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import type { Context } from '@/lib/auth/context'
import { databasePath } from '@/lib/db/open'
import { openStore } from '@/lib/db/store'
import type { Store } from '@/lib/db/store'
import { cancelBackfill, requestBackfill } from './request-backfill'
import { setRuleEnabled } from './set-enabled'
import { readRulePack, syncBundledRules } from './sync-bundled'

const AT = new Date('2026-11-03T10:00:00.000Z')
let dir: string
let store: Store
let other: Sqlite.Database
let context: Context
const ruleId = readRulePack('rules')[0]?.rule_id ?? ''

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'rules-busy-'))
  store = openStore(dir, process.cwd())
  syncBundledRules(store.writer, 'rules', AT)
  other = new Sqlite(databasePath(dir), { timeout: 0 })
  // An import beside it, which commits as soon as a verb has read: where it has to wait instead, the verb has the write lock.
  const importing = store.client.$extends({
    query: {
      $allModels: {
        findUnique: async ({ args, query }) => {
          const found = await query(args)
          try {
            other.exec("INSERT INTO revision VALUES ('exceptions', 1) ON CONFLICT DO UPDATE SET value = value + 1")
          } catch {
            // It waits.
          }
          return found
        },
      },
    },
  })
  context = { actor: LOCAL_ANALYST, db: importing as unknown as Context['db'], events: store.events, clock: () => AT }
})
afterEach(async () => {
  other.close()
  await store.close()
  rmSync(dir, { recursive: true })
})

test('rules are switched and run over stored events while an import commits', async () => {
  expect(await setRuleEnabled(context, { ruleId, enabled: false })).toEqual({ changed: true })
  expect(await setRuleEnabled(context, { ruleId, enabled: true })).toEqual({ changed: true })
  const { runId } = await requestBackfill(context, { ruleId })
  await cancelBackfill(context, runId)
  expect(store.writer.prepare('SELECT status FROM detection_run').pluck().all()).toEqual(['cancelled'])
})

test('no verb begins a transaction by itself: it would read first, and fail when somebody commits meanwhile', () => {
  const files = ['lib', 'app', 'cli', 'workers'].flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)))
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.includes('generated') && !/\.test\.tsx?$/.test(file))
  expect(sources.filter((file) => readFileSync(file, 'utf8').includes('.$transaction('))).toEqual([path.join('lib', 'db', 'write-transaction.ts')])
})
