import type { Database } from './open'

/**
 * Runs what commits a transaction so that on return it is on the disk, not only in the operating system's hands: what a sender was told is
 * stored stays stored when the power fails. A commit is synced together with every commit before it. Not to be called inside a
 * transaction. Costs the disk's time for a sync.
 */
export function durably<Result>(db: Database, run: () => Result): Result {
  db.pragma('synchronous = FULL')
  try {
    return run()
  } finally {
    db.pragma('synchronous = NORMAL')
  }
}
