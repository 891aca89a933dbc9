import { createHash } from 'node:crypto'
import { createReadStream, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { copyDatabase, databaseExists, installDatabase } from '@/lib/db/backup'
import { lockDirectory } from '@/lib/db/directory-lock'
import { readEnv } from '@/lib/env'
import { AppError } from '@/lib/errors'

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Writes the copy beside its final name first, so that a file of that name is always whole. Throws `conflict` or `not_found`. */
export async function backupTo(file: string, options: { readonly json: boolean }): Promise<void> {
  const { dataDir, root } = readEnv()
  if (!databaseExists(dataDir)) throw new AppError('not_found', `There is no database in ${dataDir}. Name the data directory with --data.`)
  const target = path.resolve(file)
  if (existsSync(target)) throw new AppError('conflict', `${file} exists. Name a new file, so that no earlier backup is lost.`)
  const part = `${target}.part`
  rmSync(part, { force: true })
  try {
    await copyDatabase(dataDir, part, path.join(root, 'prisma', 'migrations'))
    renameSync(part, target)
  } finally {
    rmSync(part, { force: true })
  }
  const result = { file: target, bytes: statSync(target).size, sha256: await sha256(target) }
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${file}: ${result.bytes.toLocaleString('en')} bytes, SHA-256 ${result.sha256}\n`)
}

/** Puts a backup into a data directory that has no database yet. Throws `conflict`, `locked` or `invalid`. */
export function restoreFrom(file: string): void {
  const { dataDir, root } = readEnv()
  if (databaseExists(dataDir)) throw new AppError('conflict', `${dataDir} has a database already. Restore into an empty directory: --data NEW.`)
  const now = new Date()
  const release = lockDirectory(dataDir, now)
  try {
    const { retentionPaused } = installDatabase(path.resolve(file), dataDir, now, path.join(root, 'prisma', 'migrations'))
    process.stdout.write(`Restored into ${dataDir}.\n`)
    if (retentionPaused) process.stdout.write('Its retention is paused, so that nothing of it is deleted for its age: set the policy again to go on (linklocal retention set, or Settings).\n')
  } finally {
    release()
  }
}
