/** Where somebody is in a list: a row, and the rows that stood around it, so that the place outlives the row. */
export interface Place {
  readonly id: string
  readonly order: readonly string[]
}

/** Rows kept on either side of the place. */
const AROUND = 100

export function placeAt(id: string, ids: readonly string[]): Place {
  const at = ids.indexOf(id)
  return { id, order: at < 0 ? [id] : ids.slice(Math.max(0, at - AROUND), at + AROUND + 1) }
}

/**
 * The row that is current in a list as it is now: the same one; or, when it left, the next that was after it and is still there;
 * or the nearest before it. Undefined when none of them is there any more.
 */
export function resolvePlace(place: Place | undefined, ids: readonly string[]): string | undefined {
  if (place === undefined) return undefined
  const present = new Set(ids)
  if (present.has(place.id)) return place.id
  const at = place.order.indexOf(place.id)
  const after = place.order.slice(at + 1).find((id) => present.has(id))
  return after ?? place.order.slice(0, Math.max(0, at)).findLast((id) => present.has(id))
}

/** Where to go on from a row whose work is done, along with others: the next that is not among them, or the nearest before. */
export function nextOutside(ids: readonly string[], from: string, done: ReadonlySet<string>): string | undefined {
  const at = ids.indexOf(from)
  if (at < 0) return undefined
  return ids.slice(at + 1).find((id) => !done.has(id)) ?? ids.slice(0, at).findLast((id) => !done.has(id))
}
