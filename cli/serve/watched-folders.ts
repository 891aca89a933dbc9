import { realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'

function isBelow(inner: string, outer: string): boolean {
  const way = path.relative(outer, inner)
  return way === '' || (!way.startsWith(`..${path.sep}`) && way !== '..' && !path.isAbsolute(way))
}

function resolveFolder(folder: string): string {
  const stat = statSync(folder, { throwIfNoEntry: false })
  if (!stat) throw new AppError('not_found', `--watch ${folder}: there is no such folder; make it first`)
  if (!stat.isDirectory()) throw new AppError('invalid', `--watch ${folder}: not a folder; name the one that the file lies in`)
  return realpathSync(folder)
}

/**
 * The folders to watch, without symbolic links, each once. Throws an AppError for one that is not there, for one inside
 * of another (its files would be read twice), and for one that holds the data directory or lies in it.
 */
export function watchedFolders(folders: readonly string[], dataDir: string): readonly string[] {
  const found = [...new Set(folders.map(resolveFolder))]
  if (found.length > LIMITS.watchedFolders) throw new AppError('too_large', `--watch names ${found.length} folders; at most ${LIMITS.watchedFolders} are watched`)
  // The data directory may be about to be made.
  const data = statSync(dataDir, { throwIfNoEntry: false }) ? realpathSync(dataDir) : dataDir
  for (const folder of found) {
    const outer = found.find((other) => other !== folder && isBelow(folder, other))
    if (outer !== undefined) throw new AppError('invalid', `--watch ${folder}: lies in ${outer}, which is watched with all that lies below it; name one of them`)
    if (isBelow(data, folder) || isBelow(folder, data)) throw new AppError('invalid', `--watch ${folder}: the data directory ${data} must lie elsewhere`)
  }
  return found
}
