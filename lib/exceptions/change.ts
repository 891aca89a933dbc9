import { writeTransaction } from '@/lib/db/write-transaction'
import type { PrismaClient, Transaction } from '@/lib/db/client'

/** Runs a change of the exceptions in one transaction, in which their revision tells other connections to load them again. */
export async function changeExceptions<T>(db: PrismaClient, change: (tx: Transaction) => Promise<T>): Promise<T> {
  return writeTransaction(db, async (tx) => {
    await tx.$executeRaw`INSERT INTO revision (name, value) VALUES ('exceptions', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1`
    return change(tx)
  })
}
