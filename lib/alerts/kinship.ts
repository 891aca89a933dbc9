import { subjectOf } from './schema'
import type { AlertDetail } from './schema'

/** The processes that a linked record names by their ids; null where it does not. */
export interface LinkedProcess {
  readonly stage: number
  readonly process: string | null
  readonly parent: string | null
}

/**
 * Whether the record an alert is about and its last one are of one process. A rule that joins by parent also joins two neighbours in a
 * pipe, and then the program that was executed is not the one that connected.
 */
export function kinshipOf(records: readonly LinkedProcess[]): AlertDetail['kinship'] {
  const subject = subjectOf(records)
  const last = records.at(-1)
  if (!subject?.process || !last?.process) return 'unknown'
  if (subject.process === last.process) return 'same_process'
  return subject.parent !== null && subject.parent === last.parent ? 'siblings' : 'unknown'
}
