import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import { createClient } from '@/lib/db/client'
import type { PrismaClient } from '@/lib/db/client'
import { EventReader } from '@/lib/db/event-reader'
import { databasePath, openReader } from '@/lib/db/open'
import type { Database } from '@/lib/db/open'
import { TEST_TIME, imdsPair } from '@/lib/ecs/testing'
import { PushCollector } from '@/lib/ingest/push-collector'
import { runImport } from '@/lib/ingest/run-import'
import { setRuleEnabled } from '@/lib/rules/set-enabled'
import { StoreSink } from './store-sink'

const RULE = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'
const clock = (): Date => new Date(TEST_TIME)
let parent: string
let dataDir: string
let sink: StoreSink
let db: PrismaClient
let reader: Database

beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'linklocal-gone-'))
  dataDir = path.join(parent, 'data')
  sink = new StoreSink({ dataDir, root: process.cwd(), clock, alone: true })
  db = createClient(dataDir)
  reader = openReader(dataDir)
})
afterEach(async () => {
  await db.$disconnect()
  reader.close()
  sink.close()
  rmSync(parent, { recursive: true, force: true })
})

async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text))
}

const [exec] = imdsPair({ at: TEST_TIME })
const push = async () => {
  const body = new TextEncoder().encode(JSON.stringify(exec))
  return new PushCollector(sink, () => sink.rules()).push({ source: 'a', actor: 'a', tokenId: 1, wireBytes: 1, body, starts: Uint32Array.of(0), ends: Uint32Array.of(body.length), ids: [null] })
}
const ingest = async () => runImport(sink, () => sink.rules(), bytes(JSON.stringify(exec)), { name: 'f', source: 's', kind: 'cli' }, { actor: 'test' })
const verb = async (enabled: boolean) => setRuleEnabled({ actor: LOCAL_ANALYST, db, events: new EventReader(reader), clock }, { ruleId: RULE, enabled })

describe.each<[string, RegExp, () => void]>([
  ['the data directory is removed', /^The data directory .* was removed while Linklocal runs on it\. Nothing is stored any more: /, () => rmSync(dataDir, { recursive: true })],
  ['another directory takes its place', /^Another directory took the place of the data directory /, () => {
    renameSync(dataDir, path.join(parent, 'old'))
    cpSync(path.join(parent, 'old'), dataDir, { recursive: true })
  }],
  ['the database is removed', /^The database in .* was removed /, () => rmSync(databasePath(dataDir))],
  ['another file takes its place', /^Another file took the place of the database /, () => {
    cpSync(databasePath(dataDir), path.join(dataDir, 'copy'))
    renameSync(path.join(dataDir, 'copy'), databasePath(dataDir))
  }],
])('when %s', (_name, message, take) => {
  test('pushes, imports and verbs are refused in one sentence, and nothing is worked on', async () => {
    await push()
    expect(await verb(false)).toEqual({ changed: true })
    take()
    for (const act of [push, ingest, async () => verb(true)]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await expect(act()).rejects.toMatchObject({ code: 'data_gone', message: expect.stringMatching(message) as unknown })
    }
    expect(sink.work()).toBe(false)
  })
})

test('an import that is under way ends with the reason', async () => {
  async function* slow(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(`${JSON.stringify(exec)}\n`))
    rmSync(dataDir, { recursive: true })
  }
  await expect(runImport(sink, () => sink.rules(), slow(), { name: 'f', source: 's', kind: 'cli' }, { actor: 'test' })).rejects.toMatchObject({ code: 'data_gone' })
})

test('a directory that was moved and is found under its name is the same', async () => {
  renameSync(dataDir, path.join(parent, 'moved'))
  symlinkSync(path.join(parent, 'moved'), dataDir)
  await push()
  expect(await verb(false)).toEqual({ changed: true })
})
