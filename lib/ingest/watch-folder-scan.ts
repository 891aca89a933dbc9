import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { LIMITS } from '@/lib/limits'
import type { WatchProblem } from './schema'

/** A file as it lies there: whether it is still the same is told by all of it. */
export interface FileState {
  /** Below the folder. */
  readonly path: string
  readonly size: number
  readonly mtimeNs: bigint
  /** Moves with permissions too, so that a file nobody could read is tried again when it can be. */
  readonly ctimeNs: bigint
  readonly inode: string
}

export interface FolderScan {
  /** Sorted by path; empty files are left out until something is in them. */
  readonly files: readonly FileState[]
  /** What is no file, or could not be looked at. */
  readonly problems: readonly WatchProblem[]
  readonly problem: string | null
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied: let the user that runs the console read it',
  EPERM: 'operation not permitted: let the user that runs the console read it',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'not a folder',
  EIO: 'the disk cannot read it',
  ELOOP: 'a symbolic link, which is not followed',
}

/** What a system error means, in words. */
export function describeFileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error))
}

/** Hidden names are what copying programs use until a file is whole. */
function isHidden(name: string): boolean {
  return name.startsWith('.')
}

/**
 * Lists what lies in a folder and below it. Symbolic links are not followed, so that nothing outside of it is read; what a
 * link inside points to inside is found by itself. Never throws: what cannot be looked at is a problem with its reason.
 */
export async function scanFolder(root: string): Promise<FolderScan> {
  const files: FileState[] = []
  const problems: WatchProblem[] = []
  let problem: string | null = null
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
        const below = path.join(folder, entry.name)
        if (isHidden(entry.name)) continue
        if (entry.isDirectory()) folders.push(below)
        else if (entry.isSymbolicLink()) problems.push({ path: below, reason: 'a symbolic link, which is not followed' })
        else if (!entry.isFile()) problems.push({ path: below, reason: 'not a file' })
        else if (files.length >= LIMITS.watchedFiles) problem = `There are more than ${LIMITS.watchedFiles.toLocaleString('en')} files; those beyond are not looked at. Move away what has been taken.`
        else {
          const state = await stateOf(root, below)
          if (state) files.push(state)
        }
      }
    } catch (error) {
      if (folder === '') return { files: [], problems: [], problem: describeFileError(error) }
      problems.push({ path: folder, reason: describeFileError(error) })
    }
  }
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), problems, problem }
}

/** Null for one that is empty, or gone meanwhile. */
async function stateOf(root: string, below: string): Promise<FileState | null> {
  const stat = await lstat(path.join(root, below), { bigint: true }).catch(() => null)
  if (stat === null || !stat.isFile() || stat.size === 0n) return null
  return { path: below, size: Number(stat.size), mtimeNs: stat.mtimeNs, ctimeNs: stat.ctimeNs, inode: String(stat.ino) }
}
