/** SQLite binds at most 32,766 parameters; lists of ids are cut well below. */
const IDS_PER_QUERY = 500

/** The ids, each once, in parts small enough for one query. */
export function batches(ids: readonly number[]): readonly (readonly number[])[] {
  const unique = [...new Set(ids)]
  const parts: number[][] = []
  for (let at = 0; at < unique.length; at += IDS_PER_QUERY) parts.push(unique.slice(at, at + IDS_PER_QUERY))
  return parts
}
