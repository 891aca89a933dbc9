/**
 * Which fields anything in this thread ever asked for of an event. Reading a document means reading these: the rest of it is
 * passed over. Nothing has to be declared, and nothing can be forgotten: who asks for a field for the first time changes the set,
 * and whoever read the event by the earlier one reads it again (`prepareEvent`).
 */
import { fieldTree } from './field-set'
import type { FieldNode } from './field-set'
import { isMark } from './well-formed'

/** A search hit, as exports of Elasticsearch write it, holds its event there. */
export const WRAPPER = '_source'

/** Beyond so many, documents are read whole. */
const MAX_FIELDS = 4096

const asked = new Set<string>()
let tree: FieldNode | null = null
let whole = false

/** Notes that a field is read from now on. */
export function noteAsked(field: string): void {
  // Ours are not read from a record; one that gets a mark as it is read is read whole.
  if (whole || asked.has(field) || isMark(field)) return
  // What an object has without being given it cannot be told from what a document says.
  if (asked.size === MAX_FIELDS || field.split('.').some((part) => part in Object.prototype || part === WRAPPER)) whole = true
  else asked.add(field)
  tree = null
}

/** The fields asked for so far: the same object until another is. Null when documents have to be read whole. */
export function askedFields(): FieldNode | null {
  if (!whole) tree ??= fieldTree(asked, WRAPPER)
  return tree
}
