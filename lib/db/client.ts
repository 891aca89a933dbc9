import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaClient } from './generated/client'
import type { Prisma } from './generated/client'
import { DataPlace } from './data-place'
import { databasePath } from './open'

export type { Prisma, PrismaClient } from './generated/client'

/** What a verb works with inside a transaction. */
export type Transaction = Prisma.TransactionClient

/**
 * The client for the application's records. Times are written as integers (milliseconds), as the event path writes them.
 * The database must have been opened (and so migrated) by `openDatabase` before.
 */
export function createClient(dataDir: string, { readonly = false } = {}): PrismaClient {
  const adapter = new PrismaBetterSqlite3({ url: `file:${databasePath(dataDir)}`, timeout: 10_000, readonly }, { timestampFormat: 'unixepoch-ms' })
  const client = new PrismaClient({ adapter })
  places.set(client, new DataPlace(dataDir))
  return client
}

const places = new WeakMap<PrismaClient, DataPlace>()

/** Where the database of a client lies. */
export function placeOf(client: PrismaClient): DataPlace | undefined {
  return places.get(client)
}
