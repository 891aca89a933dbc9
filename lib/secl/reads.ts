import type { FieldReference } from './fields'

/** What an expression reads of the processes above the event's own, which may arrive after it. */
export interface AncestryReads {
  /** Reads the parent, an ancestor, or how many there are: the answer may change when one of them arrives late. */
  readonly depends: boolean
  /** How many generations above the process can change the answer: 0, 1 for the parent, null for all of them. */
  readonly depth: number | null
  /** The fields, by their full names: `process.parent.comm`, `process.ancestors.tty_name`. */
  readonly fields: readonly string[]
}

const ANCESTORS = /(?:^|\.)ancestors(?:\.|$)/
const PARENT = /(?:^|\.)parent\./

export function readsOf(fields: readonly FieldReference[]): AncestryReads {
  const above = fields.filter((f) => ANCESTORS.test(f.name) || PARENT.test(f.name)).map((f) => (f.length ? `${f.name}.length` : f.name))
  const all = above.some((name) => ANCESTORS.test(name))
  return { depends: above.length > 0, depth: all ? null : above.length > 0 ? 1 : 0, fields: above }
}
