/**
 * A folder whose files are taken in as they appear. It is looked through every few seconds: notices of the operating system
 * only make the next look come sooner, because they get lost on network file systems and under load.
 */
import { createHash } from 'node:crypto'
import { constants, watch, type FSWatcher } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { PrismaClient } from '@/lib/db/client'
import { asRefusal } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { DISK_FULL } from './run-import'
import type { ImportRequest, ImportSummary, WatchProblem, WatchedFolder } from './schema'
import { WatchMemory } from './watch-folder-memory'
import { describeFileError, scanFolder } from './watch-folder-scan'
import type { FileState } from './watch-folder-scan'

export interface WatchOptions {
  /** Absolute, without symbolic links. */
  readonly folder: string
  readonly db: PrismaClient
  readonly ingest: (body: AsyncIterable<Uint8Array>, request: ImportRequest, options: { readonly actor: string }) => Promise<ImportSummary>
  /** The host of audit records that do not name theirs. */
  readonly host?: string
  readonly log?: (line: string) => void
  readonly clock?: () => Date
  readonly scanMs?: number
  readonly settleMs?: number
}

const SCAN_MS = 2_000
/** A file that has not changed for so long is whole. */
const SETTLE_MS = 3_000
/** Looking takes at most this share of the time, however large the folder is. */
const IDLE_SHARE = 9
const HEAD_BYTES = 64 * 1024
/** While the disk is full, what waits is tried again after so long. */
const FULL_MS = 30_000
const FULL = 'The disk that holds the data directory is full. What waits is read when there is room.'
const READ_BYTES = 1024 * 1024
const ACTOR = 'watched folder'

interface Seen {
  readonly file: FileState
  /** When it was first seen as it is. */
  readonly since: number
}

function isSame(a: FileState, b: FileState): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.inode === b.inode
}

async function digestHead(handle: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
  return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex')
}

export class FolderWatch {
  readonly #options: Required<Omit<WatchOptions, 'host'>> & Pick<WatchOptions, 'host'>
  readonly #memory: WatchMemory
  /** Files that have changed since they were taken, and are not yet known to be whole. */
  #seen = new Map<string, Seen>()
  readonly #waiting = new Map<string, FileState>()
  readonly #reading = new Map<string, Promise<void>>()
  /** Files that could not be taken, as they were then: they are tried again when they change. */
  readonly #failed = new Map<string, { readonly file: FileState; readonly reason: string }>()
  readonly #said = new Set<string>()
  #others: readonly WatchProblem[] = []
  #problem: string | null = null
  /** The disk was full; until then nothing is read. */
  #fullUntil: number | null = null
  #files = 0
  #taken = 0
  #growing = 0
  #scannedAt: Date | null = null
  #scan: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #hints: FSWatcher | null = null
  #stopped = false

  private constructor(memory: WatchMemory, options: WatchOptions) {
    this.#memory = memory
    this.#options = { log: (line) => void process.stderr.write(line), clock: () => new Date(), scanMs: SCAN_MS, settleMs: SETTLE_MS, ...options }
  }

  /** Loads what is known of the folder; nothing is looked at before `start` or `scan`. */
  static async open(options: WatchOptions): Promise<FolderWatch> {
    return new FolderWatch(await WatchMemory.load(options.db, options.folder), options)
  }

  /** Looks through the folder from now on. */
  start(): void {
    try {
      this.#hints = watch(this.#options.folder, { persistent: false }, () => this.#soon(this.#options.scanMs / 4))
      this.#hints.on('error', () => this.#hints?.close())
    } catch {
      // Without notices the next look comes when it comes.
    }
    this.#soon(0)
  }

  /** Looks through the folder once, and begins to read what is whole. */
  async scan(): Promise<void> {
    this.#scan ??= this.#look().finally(() => {
      this.#scan = null
    })
    return this.#scan
  }

  /** Resolves when nothing is being read and nothing waits for it. */
  async idle(): Promise<void> {
    while (this.#reading.size > 0) await Promise.all(this.#reading.values())
  }

  /** Looks no more, and waits for what is being read: ending those imports is the caller's. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#hints?.close()
    this.#waiting.clear()
    await this.#scan
    await this.idle()
  }

  state(): WatchedFolder {
    const problems = [...[...this.#failed.values()].map(({ file, reason }) => ({ path: file.path, reason })), ...this.#others]
    return {
      path: this.#options.folder,
      source: this.#options.folder,
      scannedAt: this.#scannedAt?.toISOString() ?? null,
      files: this.#files,
      taken: this.#taken,
      growing: this.#growing,
      waiting: this.#waiting.size,
      reading: [...this.#reading.keys()],
      problems: problems.slice(0, LIMITS.watchedProblems),
      problemCount: problems.length,
      problem: this.#fullUntil === null ? this.#problem : FULL,
    }
  }

  #soon(ms: number): void {
    if (this.#stopped) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const begun = performance.now()
      void this.scan().finally(() => this.#soon(Math.max(this.#options.scanMs, (performance.now() - begun) * IDLE_SHARE)))
    }, ms)
  }

  async #look(): Promise<void> {
    const { files, problems, problem } = await scanFolder(this.#options.folder)
    const now = this.#options.clock()
    if (problem !== null && problem !== this.#problem) this.#log(`${this.#options.folder}: ${problem}`)
    this.#problem = problem
    this.#others = problems
    for (const { path: name, reason } of problems) this.#sayOnce(name, reason)
    this.#scannedAt = now
    this.#files = files.length
    this.#taken = 0
    this.#growing = 0
    const seen = new Map<string, Seen>()
    const there = new Set<string>()
    for (const file of files) {
      there.add(file.path)
      if (this.#memory.isTaken(file)) {
        this.#taken++
        continue
      }
      const failed = this.#failed.get(file.path)
      if (failed && isSame(failed.file, file) && failed.file.ctimeNs === file.ctimeNs) continue
      if (this.#reading.has(file.path)) continue
      const before = this.#seen.get(file.path)
      const since = before && isSame(before.file, file) ? before.since : now.getTime()
      seen.set(file.path, { file, since })
      if (this.#isWhole(file, since, now.getTime())) this.#waiting.set(file.path, file)
      else {
        this.#waiting.delete(file.path)
        this.#growing++
      }
    }
    this.#seen = seen
    for (const name of this.#waiting.keys()) if (!there.has(name)) this.#waiting.delete(name)
    for (const name of this.#failed.keys()) if (!there.has(name)) this.#failed.delete(name)
    this.#next()
  }

  /** It was watched standing still, or its last change is that long ago: one that was renamed into place is taken at once. */
  #isWhole({ mtimeNs }: FileState, since: number, now: number): boolean {
    const changed = Number(mtimeNs / 1_000_000n)
    const { settleMs } = this.#options
    return now - since >= settleMs || (changed <= now && now - changed >= settleMs)
  }

  #next(): void {
    if (this.#fullUntil !== null && this.#options.clock().getTime() < this.#fullUntil) return
    for (const [name, file] of this.#waiting) {
      if (this.#stopped || this.#reading.size >= LIMITS.watchedAtOnce) return
      this.#waiting.delete(name)
      const reading = this.#read(file).finally(() => {
        this.#reading.delete(name)
        this.#next()
      })
      this.#reading.set(name, reading)
    }
  }

  async #read(file: FileState): Promise<void> {
    try {
      // Neither through a link that came in its place meanwhile, nor waiting for the other end of a pipe.
      const handle = await open(path.join(this.#options.folder, file.path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      try {
        await this.#take(file, handle)
      } finally {
        await handle.close()
      }
    } catch (error) {
      if (asRefusal(error)?.code === 'disk_full') this.#full()
      else this.#fail(file, describeFileError(error))
    }
  }

  async #take(file: FileState, handle: FileHandle): Promise<void> {
    const stat = await handle.stat({ bigint: true })
    // Another file by now: the next look sees it.
    if (!stat.isFile() || String(stat.ino) !== file.inode) return
    const head = await digestHead(handle)
    if (!this.#memory.isRenamed(file, head)) {
      const { folder, host, ingest } = this.#options
      const request: ImportRequest = { name: file.path.slice(-500).toWellFormed(), source: folder.slice(-200).toWellFormed(), kind: 'watch', ...(host === undefined ? {} : { host }) }
      const input = handle.createReadStream({ start: 0, highWaterMark: READ_BYTES, autoClose: false })
      const { error } = await ingest(input as AsyncIterable<Uint8Array>, request, { actor: ACTOR })
      // What the end of the console cut short is read again when it starts.
      if (this.#stopped) return
      if (error === DISK_FULL) return this.#full()
      if (error !== null) return this.#fail(file, error)
    }
    await this.#memory.remember(file, head, this.#options.clock())
    this.#failed.delete(file.path)
    this.#fullUntil = null
    this.#taken++
  }

  /** No fault of the file: the next look finds it again, and it waits until there is room. */
  #full(): void {
    if (this.#stopped) return
    if (this.#fullUntil === null) this.#log(`${this.#options.folder}: ${FULL}`)
    this.#fullUntil = this.#options.clock().getTime() + FULL_MS
  }

  #fail(file: FileState, reason: string): void {
    if (this.#stopped) return
    this.#failed.set(file.path, { file, reason })
    this.#log(`${path.join(this.#options.folder, file.path)}: ${reason}`)
  }

  #sayOnce(name: string, reason: string): void {
    const said = `${name}\u0000${reason}`
    if (this.#said.has(said) || this.#said.size >= LIMITS.watchedFiles) return
    this.#said.add(said)
    this.#log(`${path.join(this.#options.folder, name)}: passed over: ${reason}`)
  }

  /** One line, whatever the name of a file holds. */
  #log(text: string): void {
    this.#options.log(`linklocal: ${JSON.stringify(text).slice(1, -1)}\n`)
  }
}
