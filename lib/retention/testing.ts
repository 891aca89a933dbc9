import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import type { Context } from '@/lib/auth/context'
import { createClient } from '@/lib/db/client'
import { EventReader } from '@/lib/db/event-reader'
import { openDatabase, openReader } from '@/lib/db/open'
import type { Database } from '@/lib/db/open'
import { StoreSink } from '@/lib/detect/store-sink'
import { runImport } from '@/lib/ingest/run-import'
import type { ImportSummary } from '@/lib/ingest/schema'
import { DAY_MS } from './policy'

/** A console without pages whose clock is turned by hand. */
export interface TimedStore {
  readonly dataDir: string
  readonly context: Context
  /** Reads what is committed. */
  readonly reader: Database
  /** One file, of events or of lines of audit records. */
  ingest(records: readonly unknown[]): Promise<ImportSummary>
  passDays(days: number): void
  /** Works off everything that is to do, as the storing thread does between batches; answers the steps. */
  work(): number
  /** Only so many steps of it. */
  steps(count: number): void
  /** As after a killed process: the store is opened anew. */
  reopen(): void
  /** Joins everything once more that is stored. */
  rejoin(): void
  close(): Promise<void>
}

export function openTimedStore(start: number): TimedStore {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-retention-'))
  let now = start
  const clock = (): Date => new Date(now)
  const open = (): StoreSink => new StoreSink({ dataDir, root: process.cwd(), clock, alone: true })
  let sink = open()
  const db = createClient(dataDir)
  const reader = openReader(dataDir)
  async function* bytes(records: readonly unknown[]): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(records.map((record) => (typeof record === 'string' ? record.trimEnd() : JSON.stringify(record))).join('\n')))
  }
  return {
    dataDir,
    context: { actor: LOCAL_ANALYST, db, events: new EventReader(reader), clock },
    reader,
    ingest: async (records) => runImport(sink, () => sink.rules(), bytes(records), { name: 'test', source: 'test', kind: 'cli' }, { actor: 'test' }),
    passDays: (days) => {
      now += days * DAY_MS
    },
    work: () => {
      let steps = 0
      while (sink.work()) steps++
      return steps
    },
    steps: (count) => {
      for (let i = 0; i < count; i++) sink.work()
    },
    reopen: () => {
      sink.close()
      sink = open()
    },
    rejoin: () => {
      sink.close()
      const writer = openDatabase(dataDir, 'prisma/migrations')
      writer.exec('INSERT INTO join_queue (rule_id, "key", from_ts, to_ts) SELECT rule_id, "key", min(ts), max(ts) FROM rule_hit GROUP BY rule_id, "key"')
      writer.close()
      sink = open()
    },
    close: async () => {
      await db.$disconnect()
      reader.close()
      sink.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
