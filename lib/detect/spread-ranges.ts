/** A row of `enrich_queue`: between which times the events that name a pid read differently than before. */
export interface RangeRow {
  readonly host: number
  readonly pid: number
  readonly version: number
  readonly from_ts: number
  readonly to_ts: number
  readonly import_id: number | null
}

/** Rows of one pid whose times overlap. */
export interface SpreadRange {
  readonly host: number
  readonly pid: number
  readonly from: number
  readonly to: number
  readonly importId: number | null
  readonly rows: RangeRow[]
}

/**
 * Puts rows together that overlap, in the order of host, pid and time: records that come in the order of time tell of a pid from
 * each of them on, and the events behind all of them are queued once and not once for each.
 */
export function spreadRanges(rows: readonly RangeRow[]): readonly SpreadRange[] {
  const ranges: SpreadRange[] = []
  const inOrder = rows.toSorted((a, b) => a.host - b.host || a.pid - b.pid || a.from_ts - b.from_ts)
  for (const row of inOrder) {
    const { host, pid, from_ts: from, to_ts: to, import_id: importId } = row
    const last = ranges.at(-1)
    if (last === undefined || last.host !== host || last.pid !== pid || from > last.to) {
      ranges.push({ host, pid, from, to, importId, rows: [row] })
      continue
    }
    const latest = importId === null || (last.importId !== null && last.importId > importId) ? last.importId : importId
    last.rows.push(row)
    ranges[ranges.length - 1] = { ...last, to: Math.max(last.to, to), importId: latest }
  }
  return ranges
}
