/**
 * lib/undo: taking back what somebody did last, for a day. What a verb did is an act (`lib/audit/record-act.ts`); undoing one is
 * itself a change, with its own history and audit row.
 */
import { z } from 'zod'

export const undoInput = z.object({
  /** Absent takes back the newest act that can be. */
  act: z.number().int().positive().optional(),
  /** Alerts that changed since stay as they are now, instead of refusing. */
  leaveChanged: z.boolean().default(false),
  /** The open page it is asked on. */
  tab: z.string().min(1).max(64).optional(),
})
export type UndoInput = z.input<typeof undoInput>

/** An act that can be taken back. */
export interface LastAct {
  readonly id: number
  /** `A-12 closed as false positive`. */
  readonly text: string
  /** ISO 8601, UTC. */
  readonly at: string
}

export interface Undone {
  readonly act: number
  /** What was taken back. */
  readonly text: string
  /** The alerts that are as they were, the first of them, and how many. */
  readonly alertIds: readonly number[]
  readonly alerts: number
  /** Alerts that somebody changed since, left as they are. */
  readonly left: number
  /** What could not be taken back with it, as a sentence. */
  readonly note: string | null
}
