import type { ActionResult } from '@/lib/errors'
import type { ExceptionInput, ExceptionUpdateInput } from '@/lib/exceptions/schema'

export interface SavedAnswer {
  readonly id: number
  readonly version: number
  readonly closedAlertIds: readonly number[]
  /** What to undo. */
  readonly act: number
}

/** The server actions that components of exceptions are given. */
export type SaveException = (input: ExceptionInput | ExceptionUpdateInput) => Promise<ActionResult<SavedAnswer>>
/** With `raise`, what it held back becomes alerts. */
export type SetExceptionEnabled = (input: { id: number; enabled: boolean; raise?: boolean }) => Promise<ActionResult<{ readonly act: number | null; readonly raised: number }>>
export type DeleteException = (input: { id: number; raise?: boolean }) => Promise<ActionResult<{ readonly act: number; readonly raised: number }>>
export type RaiseAgain = (input: { id: number }) => Promise<ActionResult<{ readonly raised: number }>>
