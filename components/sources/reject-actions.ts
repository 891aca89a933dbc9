import type { ActionResult } from '@/lib/errors'
import type { RetryRequest, RetrySummary } from '@/lib/ingest/schema'

/** What the editor of a rejected record begins with. */
export interface RejectText {
  readonly text: string
  /** False where bytes are not UTF-8: they are shown as U+FFFD and would be lost. */
  readonly exact: boolean
  /** Somebody edited it before. */
  readonly edited: boolean
}

/** The server actions of rejected records, as props: components do not import `app`. */
export interface RejectActions {
  readonly retry: (input: RetryRequest) => Promise<ActionResult<RetrySummary>>
  readonly read: (id: number) => Promise<ActionResult<RejectText>>
  /** Keeps the text beside what was sent and tries the record again with it. */
  readonly edit: (input: { id: number; text: string; format?: RetryRequest['format']; host?: string }) => Promise<ActionResult<RetrySummary>>
}
