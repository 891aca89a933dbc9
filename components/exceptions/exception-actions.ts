import type { ExceptionInput, ExceptionUpdateInput } from '@/lib/exceptions/schema'

/** What a server action answers; see lib/web/action.ts, which components do not import. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string; readonly fields: Readonly<Record<string, string>> } }

export interface SavedAnswer {
  readonly id: number
  readonly version: number
  readonly closedAlertIds: readonly number[]
}

export type SaveException = (input: ExceptionInput | ExceptionUpdateInput) => Promise<Answer<SavedAnswer>>
export type SetExceptionEnabled = (input: { id: number; enabled: boolean }) => Promise<Answer<void>>
export type DeleteException = (input: { id: number }) => Promise<Answer<void>>
