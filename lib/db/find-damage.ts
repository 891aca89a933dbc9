import { AppError, asRefusal, errorMessage } from '@/lib/errors'
import type { Database } from './open'
import { pendingMigrations } from './migrate'
import { unpackBlock } from './raw-block'

/** Messages of the integrity check that are passed on. */
const MESSAGES = 20
const BLOCKS_NAMED = 10

export interface DamageOptions {
  /** Leaves out what reads everything: indexes against tables, and the blocks of records. */
  readonly quick?: boolean
}

/**
 * What is damaged in a database, each a sentence; empty when nothing is. Never throws for damage, also not for that of the
 * file's first page.
 */
export function findDamage(db: Database, migrations: string, { quick = false }: DamageOptions = {}): readonly string[] {
  const found: string[] = []
  const collect = (look: () => readonly string[]): void => {
    try {
      found.push(...look())
    } catch (error) {
      const refusal = asRefusal(error)
      if (refusal?.code !== 'damaged') throw error
      found.push(refusal === error ? refusal.message : `integrity: ${errorMessage(error)}`)
    }
  }
  collect(() => integrity(db, quick))
  collect(() => orphans(db))
  collect(() => {
    try {
      pendingMigrations(db, migrations)
    } catch (error) {
      // What a newer version wrote is whole.
      if (!(error instanceof AppError && error.code === 'newer_database')) throw error
    }
    return []
  })
  if (!quick) collect(() => unreadableBlocks(db))
  return [...new Set(found)]
}

function integrity(db: Database, quick: boolean): readonly string[] {
  const messages = db.pragma(`${quick ? 'quick_check' : 'integrity_check'}(${MESSAGES})`, { simple: false }) as Record<string, string>[]
  const found = messages.flatMap((row) => Object.values(row)).filter((message) => message !== 'ok')
  return found.map((message) => `integrity: ${message}`)
}

function orphans(db: Database): readonly string[] {
  const rows = db.pragma('foreign_key_check') as { table: string; parent: string }[]
  return [...new Set(rows.map(({ table, parent }) => `integrity: ${table} rows that name a ${parent} that is not there`))]
}

function unreadableBlocks(db: Database): readonly string[] {
  if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'event_block'").get() === undefined) return []
  const damaged: number[] = []
  const blocks = db.prepare<[], { id: number; codec: string; index: Buffer; bytes: Buffer }>('SELECT id, codec, "index", bytes FROM event_block').iterate()
  for (const { id, ...block } of blocks) {
    try {
      unpackBlock(id, block)
    } catch (error) {
      if (asRefusal(error)?.code !== 'damaged') throw error
      damaged.push(id)
    }
  }
  if (damaged.length === 0) return []
  const more = damaged.length > BLOCKS_NAMED ? ` and ${damaged.length - BLOCKS_NAMED} more` : ''
  return [`${damaged.length} ${damaged.length === 1 ? 'block' : 'blocks'} of stored records cannot be unpacked: ${damaged.slice(0, BLOCKS_NAMED).join(', ')}${more}. Restore a backup, or send the events again.`]
}
