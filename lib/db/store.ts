import path from 'node:path'
import type { PrismaClient } from './client'
import { createClient } from './client'
import { EventReader } from './event-reader'
import { openDatabase, openReader } from './open'
import type { Database } from './open'

/** One process's hold on a data directory: a connection that writes, one that reads, and the client. */
export interface Store {
  readonly dataDir: string
  readonly writer: Database
  readonly reader: Database
  readonly events: EventReader
  readonly client: PrismaClient
  close(): Promise<void>
}

/** Opens (and creates, and migrates) the database of a data directory. `root` is the package's folder. */
export function openStore(dataDir: string, root: string): Store {
  const writer = openDatabase(dataDir, path.join(root, 'prisma', 'migrations'))
  const reader = openReader(dataDir)
  const client = createClient(dataDir)
  return {
    dataDir,
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
