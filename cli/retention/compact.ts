import { existsSync, statSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { noDatabase } from '@/cli/alerts/no-database'
import type { RetentionJson } from '@/cli/retention'
import { lockDirectory } from '@/lib/db/directory-lock'
import { databasePath, openDatabase } from '@/lib/db/open'
import { readEnv } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { bytesInUse, readPages } from '@/lib/retention/policy'
import { sizeText } from './text'

/** `linklocal retention compact`: the whole file anew; from then on free pages can be given back while the console runs. Throws `locked`, `disk_full`. */
export function compactCommand(options: RetentionJson): void {
  const { dataDir, root } = readEnv()
  const file = databasePath(dataDir)
  if (!existsSync(file)) throw noDatabase(dataDir)
  const release = lockDirectory(dataDir, new Date())
  try {
    const db = openDatabase(dataDir, path.join(root, 'prisma', 'migrations'))
    try {
      const needed = bytesInUse(readPages(db))
      const { bavail, bsize } = statfsSync(dataDir)
      // The new file stands beside the old one, and goes through the log.
      if (bavail * bsize < 2 * needed) throw new AppError('disk_full', `Compacting needs ${sizeText(2 * needed)} of free disk for a while; there are ${sizeText(bavail * bsize)}.`)
      const before = statSync(file).size
      db.pragma('auto_vacuum = INCREMENTAL')
      db.exec('VACUUM')
      db.pragma('wal_checkpoint(TRUNCATE)')
      const after = statSync(file).size
      process.stdout.write(options.json ? `${JSON.stringify({ bytes_before: before, bytes_after: after })}\n` : `${sizeText(before)} before, ${sizeText(after)} now.\n`)
    } finally {
      db.close()
    }
  } finally {
    release()
  }
}
