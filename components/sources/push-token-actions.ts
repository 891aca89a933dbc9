import type { ActionResult } from '@/lib/errors'
import type { CreatedPushToken } from '@/lib/ingest/schema'

/** The server actions of the push tokens, as props: components do not import `app`. */
export type CreatePushToken = (input: { name: string }) => Promise<ActionResult<CreatedPushToken>>
export type RevokePushToken = (input: { id: number }) => Promise<ActionResult<{ readonly changed: boolean }>>
