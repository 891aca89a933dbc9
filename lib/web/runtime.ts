/**
 * What runs beside the web server: the store, opened and migrated once, and the ingest thread. Next's bundle has modules of
 * its own, so whatever pages need of this reaches them through `globalThis[RUNTIME]`, never through module state.
 */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { AppError } from '@/lib/errors'
import { createClient } from '@/lib/db/client'
import { DataPlace } from '@/lib/db/data-place'
import { lockDirectory } from '@/lib/db/directory-lock'
import { openReader } from '@/lib/db/open'
import { readEnv } from '@/lib/env'
import type { ImportRequest, ImportSummary, RetryRequest, RetrySummary, WatchedFolder } from '@/lib/ingest/schema'
import { FolderWatch } from '@/lib/ingest/watch-folder'
import type { PushAnswer, PushRequest } from '@/lib/ingest/pushed'
import { LIMITS } from '@/lib/limits'
import { IngestThread } from './ingest-thread'
import type { IngestOptions } from './ingest-thread'
import { LiveFeed } from './live-feed'
import { PushPressure } from './push-pressure'
import { UploadDesk } from './uploads/upload-desk'

const RUNTIME = Symbol.for('linklocal.runtime')

export interface Runtime {
  /** Takes in one stream of bytes: stores, detects, and answers what became of it. */
  ingest(body: AsyncIterable<Uint8Array>, request: ImportRequest, options: IngestOptions): Promise<ImportSummary>
  /** Stores the documents of one request; resolves when they are on disk. The request's buffers are given away. */
  push(request: PushRequest): Promise<PushAnswer>
  /** Uploads that outlive their connections. */
  readonly uploads: UploadDesk
  /** Tries rejected records again; resolves when what is answered is on disk. */
  retry(request: RetryRequest, actor: string): Promise<RetrySummary>
  /** The watched folders as they are now. */
  watched(): readonly WatchedFolder[]
  /** What pushes hold in memory. */
  readonly pressure: PushPressure
  /** Files that are read as they are sent. */
  readonly streams: PushPressure
  /** What open pages are told as it happens. */
  readonly live: LiveFeed
  /** Why nothing can be stored; null while all is well. */
  problem(): string | null
  /** Ends the running imports and the thread; resolves when nothing is left running. */
  stop(): Promise<void>
}

export interface RuntimeOptions {
  /** Folders whose files are taken in as they appear: absolute, without symbolic links. */
  readonly watch?: readonly string[]
  /** The host of audit records in them that do not name theirs. */
  readonly watchHost?: string | undefined
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal
}

/** Opens the store of a data directory and starts the ingest thread. Throws an AppError when it cannot. */
export async function startRuntime(dataDir: string, { watch = [], watchHost, signal }: RuntimeOptions = {}): Promise<Runtime> {
  const { root } = readEnv()
  const release = lockDirectory(dataDir, new Date())
  let thread: IngestThread
  try {
    thread = await IngestThread.start(pathToFileURL(path.join(root, 'dist', 'workers', 'ingest.js')), { dataDir, root }, signal)
  } catch (error) {
    release()
    throw error
  }
  // The thread has created and migrated the file.
  const live = new LiveFeed(openReader(dataDir))
  const place = new DataPlace(dataDir)
  const ingest: Runtime['ingest'] = (body, request, options) => thread.ingest(body, request, options)
  const db = createClient(dataDir)
  const watches: FolderWatch[] = []
  try {
    // oxlint-disable-next-line no-await-in-loop -- a handful, once
    for (const folder of watch) watches.push(await FolderWatch.open({ folder, db, ingest, ...(watchHost === undefined ? {} : { host: watchHost }) }))
  } catch (error) {
    await thread.stop()
    release()
    throw error
  }
  for (const one of watches) one.start()
  const runtime: Runtime = {
    ingest,
    watched: () => watches.map((one) => one.state()),
    uploads: new UploadDesk({ open: (request, options) => thread.open(request, options) }),
    push: (request) => thread.push(request),
    retry: (request, actor) => thread.retry(request, actor),
    pressure: new PushPressure(),
    streams: new PushPressure(Number.MAX_SAFE_INTEGER, LIMITS.openStreams),
    live,
    problem: () => place.problem(),
    stop: async () => {
      live.close()
      // What a watch is reading ends with the thread.
      const stopped = watches.map((one) => one.stop())
      await thread.stop()
      await Promise.all(stopped)
      await db.$disconnect()
      release()
    },
  }
  Reflect.set(globalThis, RUNTIME, runtime)
  return runtime
}

/** The runtime of this process, for route handlers. Throws when the console was started without `linklocal serve`. */
export function getRuntime(): Runtime {
  const runtime: unknown = Reflect.get(globalThis, RUNTIME)
  if (typeof runtime !== 'object' || runtime === null) {
    throw new AppError('busy', 'The ingest thread is not running. Start the console with `linklocal serve`.')
  }
  return runtime as Runtime
}
