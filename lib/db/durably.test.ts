import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { durably } from './durably'
import { openDatabase } from './open'

test('what runs is committed with a sync, what comes after without', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-durably-'))
  const db = openDatabase(dataDir, path.join(process.cwd(), 'prisma', 'migrations'))
  const level = (): unknown => db.pragma('synchronous', { simple: true })
  try {
    expect(level()).toBe(1)
    expect(durably(db, () => db.transaction(level).immediate())).toBe(2)
    expect(level()).toBe(1)
    expect(() => durably(db, () => JSON.parse('no'))).toThrow(SyntaxError)
    expect(level()).toBe(1)
  } finally {
    db.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
