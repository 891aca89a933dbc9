import { placeOf } from './client'
import type { PrismaClient, Transaction } from './client'

const WAIT_MS = 10_000
/** Ten thousand alerts at once take seconds, not minutes. */
const RUN_MS = 60_000

/**
 * Runs a verb's reads and writes in one transaction that has the write lock from its first statement. Without it SQLite
 * would begin by reading, and refuse the first write whenever the ingest thread committed in between. Throws `data_gone` when the data
 * directory was removed or replaced meanwhile.
 */
export async function writeTransaction<T>(db: PrismaClient, run: (tx: Transaction) => Promise<T>): Promise<T> {
  placeOf(db)?.check()
  return db.$transaction(
    async (tx) => {
      // Deletes nothing: any statement that could write takes the lock.
      await tx.$executeRaw`DELETE FROM revision WHERE FALSE`
      return run(tx)
    },
    { maxWait: WAIT_MS, timeout: RUN_MS },
  )
}
