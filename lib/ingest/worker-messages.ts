import type { PushAnswer, PushRequest } from './pushed'
import type { ImportReading, ImportRequest, ImportSummary, RetryRequest, RetrySummary } from './schema'

/** What the server says to the ingest thread. Bytes are transferred, not copied. */
export type ToWorker =
  | { readonly kind: 'start'; readonly job: number; readonly request: ImportRequest; readonly actor: string }
  | { readonly kind: 'chunk'; readonly job: number; readonly bytes: Uint8Array }
  /** Asks that what was sent so far is stored: answered `flushed`, or by the end of the import. */
  | { readonly kind: 'flush'; readonly job: number }
  | { readonly kind: 'end'; readonly job: number }
  | { readonly kind: 'abort'; readonly job: number }
  /** Ends it early, with the reason for its reader. */
  | { readonly kind: 'interrupt'; readonly job: number; readonly reason: string }
  | { readonly kind: 'push'; readonly job: number; readonly request: PushRequest }
  | { readonly kind: 'retry'; readonly job: number; readonly request: RetryRequest; readonly actor: string }
  | { readonly kind: 'stop' }

/** What the ingest thread answers. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'taken'; readonly job: number; readonly bytes: number }
  | { readonly kind: 'flushed'; readonly job: number }
  | { readonly kind: 'progress'; readonly job: number; readonly progress: ImportReading }
  | { readonly kind: 'done'; readonly job: number; readonly summary: ImportSummary }
  | { readonly kind: 'retried'; readonly job: number; readonly summary: RetrySummary }
  | { readonly kind: 'pushed'; readonly job: number; readonly answer: PushAnswer }
  /** `code` is that of the error, as SQLITE_FULL, where it has one. */
  | { readonly kind: 'failed'; readonly job: number; readonly code: string | null; readonly message: string; readonly stack: string }

/** What the thread is started with. */
export interface WorkerInput {
  readonly dataDir: string
  readonly root: string
}
