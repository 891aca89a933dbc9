import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from './store'
import { writeTransaction } from './write-transaction'

test('nobody else writes between its first statement and its last', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-tx-'))
  const store = openStore(dataDir, '.')
  store.writer.pragma('busy_timeout = 0')
  try {
    await writeTransaction(store.client, async (tx) => {
      expect(await tx.revision.count()).toBe(0)
      expect(() => store.writer.exec("INSERT INTO revision VALUES ('rules', 1)")).toThrow(/locked/)
      await tx.revision.create({ data: { name: 'rules', value: 7 } })
    })
    expect(store.writer.prepare('SELECT value FROM revision').pluck().get()).toBe(7)
  } finally {
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
