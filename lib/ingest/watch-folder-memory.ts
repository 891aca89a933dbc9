import type { PrismaClient } from '@/lib/db/client'
import { LIMITS } from '@/lib/limits'
import type { FileState } from './watch-folder-scan'

type Kept = Pick<FileState, 'size' | 'mtimeNs' | 'inode'> & { readonly head: string }

function sameBytes(a: Pick<FileState, 'size' | 'mtimeNs' | 'inode'>, b: Pick<FileState, 'size' | 'mtimeNs' | 'inode'>): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.inode === b.inode
}

/** What one watched folder's files were when they were taken in: in the database, and here as long as the console runs. */
export class WatchMemory {
  readonly #db: PrismaClient
  readonly #folder: string
  /** By path, the least lately taken first. */
  readonly #files = new Map<string, Kept>()
  /** By inode, to find what was renamed. */
  readonly #paths = new Map<string, string>()

  private constructor(db: PrismaClient, folder: string) {
    this.#db = db
    this.#folder = folder
  }

  static async load(db: PrismaClient, folder: string): Promise<WatchMemory> {
    const memory = new WatchMemory(db, folder)
    for (const { path, size, mtimeNs, inode, head } of await db.watchedFile.findMany({ where: { folder }, orderBy: { takenAt: 'asc' } })) {
      memory.#keep(path, { size: Number(size), mtimeNs, inode, head })
    }
    return memory
  }

  /** Whether the file was taken in as it is now. */
  isTaken(file: FileState): boolean {
    const kept = this.#files.get(file.path)
    return kept !== undefined && sameBytes(kept, file)
  }

  /** Whether the file was taken in under another name, as logs are when they are rotated. */
  isRenamed(file: FileState, head: string): boolean {
    const kept = this.#files.get(this.#paths.get(file.inode) ?? '')
    return kept !== undefined && sameBytes(kept, file) && kept.head === head
  }

  async remember({ path, size, mtimeNs, inode }: FileState, head: string, takenAt: Date): Promise<void> {
    const state = { size, mtimeNs, inode, head }
    const row = { ...state, takenAt }
    await this.#db.watchedFile.upsert({ where: { folder_path: { folder: this.#folder, path } }, create: { folder: this.#folder, path, ...row }, update: row })
    this.#files.delete(path)
    this.#keep(path, state)
    const [oldest] = this.#files.keys()
    if (this.#files.size <= LIMITS.watchedFiles || oldest === undefined) return
    // Forgetting costs a second reading at most: identities tell what is stored.
    this.#files.delete(oldest)
    await this.#db.watchedFile.delete({ where: { folder_path: { folder: this.#folder, path: oldest } } })
  }

  #keep(path: string, state: Kept): void {
    this.#files.set(path, state)
    this.#paths.set(state.inode, path)
  }
}
