import { existsSync } from 'node:fs'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import type { Context } from '@/lib/auth/context'
import { databasePath } from '@/lib/db/open'
import { openStore } from '@/lib/db/store'
import { readEnv } from '@/lib/env'
import { noDatabase } from './no-database'

/** Runs a command on the data directory's alerts. Throws AppError `not_found` where nothing was ever stored. */
export async function withContext(run: (ctx: Context) => Promise<void>): Promise<void> {
  const { dataDir, root } = readEnv()
  if (!existsSync(databasePath(dataDir))) throw noDatabase(dataDir)
  const store = openStore(dataDir, root)
  try {
    await run({ actor: LOCAL_ANALYST, db: store.client, events: store.events, clock: () => new Date() })
  } finally {
    await store.close()
  }
}
