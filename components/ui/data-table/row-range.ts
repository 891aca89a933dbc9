/** Selection as a set of row ids, kept by the owner of the table; these functions answer the next set. */
export type Selected = ReadonlySet<string>

/** Adds a row, or takes it away when it is in. */
export function toggleRow(selected: Selected, id: string): Selected {
  const next = new Set(selected)
  if (!next.delete(id)) next.add(id)
  return next
}

/**
 * Makes every row between two (in the order shown, both included) selected or not, as `to` is about to become. When the
 * first is no longer shown, only the second changes.
 */
export function selectRange(selected: Selected, ids: readonly string[], from: string | undefined, to: string, on: boolean): Selected {
  const end = ids.indexOf(to)
  const start = from === undefined ? end : ids.indexOf(from)
  if (end < 0) return selected
  const [low, high] = start < 0 ? [end, end] : [Math.min(start, end), Math.max(start, end)]
  const next = new Set(selected)
  for (const id of ids.slice(low, high + 1)) {
    if (on) next.add(id)
    else next.delete(id)
  }
  return next
}

/** All rows shown, or none of them when all are selected already; what is not shown stays as it is. */
export function toggleAll(selected: Selected, ids: readonly string[]): Selected {
  const next = new Set(selected)
  const all = ids.every((id) => next.has(id))
  for (const id of ids) {
    if (all) next.delete(id)
    else next.add(id)
  }
  return next
}

/** Where a step leads: from no cursor to the first row (or, upwards, the last), and never past the ends. */
export function stepFrom(ids: readonly string[], cursor: string | undefined, step: 1 | -1): string | undefined {
  const at = cursor === undefined ? -1 : ids.indexOf(cursor)
  if (at < 0) return step === 1 ? ids[0] : ids.at(-1)
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))]
}
