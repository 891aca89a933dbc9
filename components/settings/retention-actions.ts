import type { ActionResult } from '@/lib/errors'
import type { RetentionPolicyInput, RetentionPreview } from '@/lib/retention/schema'

export type PreviewRetention = (input: RetentionPolicyInput) => Promise<ActionResult<RetentionPreview>>
export type SaveRetention = (input: RetentionPolicyInput) => Promise<ActionResult<{ readonly changed: boolean }>>
export type RunRetention = () => Promise<ActionResult<{ readonly runId: number }>>
export type CancelRetention = (runId: number) => Promise<ActionResult<void>>
