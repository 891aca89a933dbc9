import { existsSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@/lib/errors'
import type { PrismaClient } from './client'
import { createClient } from './client'
import { EventReader } from './event-reader'
import { pendingMigrations } from './migrate'
import { databasePath, openDatabase, openReader } from './open'
import type { Database } from './open'
import { isWritable, readingPlace, requireWritable } from './reading-place'

/** One process's hold on a data directory: a connection that writes, one that reads, and the client. */
export interface Store {
  readonly dataDir: string
  /** Nothing can be written, also not by `writer`: the directory is read-only. */
  readonly readOnly: boolean
  readonly writer: Database
  readonly reader: Database
  readonly events: EventReader
  readonly client: PrismaClient
  close(): Promise<void>
}

/** Opens (and creates, and migrates) the database of a data directory. `root` is the package's folder. */
export function openStore(dataDir: string, root: string): Store {
  if (!isWritable(dataDir)) return openReadOnly(dataDir, root)
  const writer = openDatabase(dataDir, path.join(root, 'prisma', 'migrations'))
  const reader = openReader(dataDir)
  const client = createClient(dataDir)
  return {
    dataDir,
    readOnly: false,
    writer,
    reader,
    events: new EventReader(reader),
    client,
    close: async () => {
      await client.$disconnect()
      reader.close()
      writer.close()
    },
  }
}

/** Every connection of such a store refuses to write; a database that is not there cannot be made. */
function openReadOnly(dataDir: string, root: string): Store {
  if (!existsSync(databasePath(dataDir))) requireWritable(dataDir)
  const place = readingPlace(dataDir)
  try {
    const reader = openReader(place.dataDir)
    const pending = pendingMigrations(reader, path.join(root, 'prisma', 'migrations'))
    if (pending.length > 0) {
      reader.close()
      throw new AppError('read_only', `${dataDir} is read-only, and an earlier version of Linklocal wrote its database: ${pending.length} migrations are to be applied before it can be read. Copy it to a directory that can be written.`)
    }
    const client = createClient(place.dataDir, { readonly: true })
    return {
      dataDir,
      readOnly: true,
      writer: reader,
      reader,
      events: new EventReader(reader),
      client,
      close: async () => {
        await client.$disconnect()
        reader.close()
        place.leave()
      },
    }
  } catch (error) {
    place.leave()
    throw error
  }
}
