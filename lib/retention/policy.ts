import type { Database } from '@/lib/db/open'
import { prepared } from '@/lib/db/prepared'

/** The stored policy as the runner reads it; see `RetentionPolicy` in the schema of the database. */
export interface PolicyRow {
  readonly max_age_days: number | null
  readonly max_bytes: number | null
  readonly paused: string | null
  readonly checked_at: number | null
}

export const DAY_MS = 86_400_000
/** Events received less long ago are kept whatever the database's size: their neighbours may be on their way. */
export const GRACE_MS = 3_600_000

export function readPolicyRow(db: Database): PolicyRow | null {
  return prepared<[], PolicyRow>(db, 'SELECT max_age_days, max_bytes, paused, checked_at FROM retention_policy WHERE id = 1').get() ?? null
}

/** SQL of the database's pages; `free` ones are inside of the file and used for what comes next. */
export const PAGES_SQL = `SELECT (SELECT page_count FROM pragma_page_count) AS pages, (SELECT freelist_count FROM pragma_freelist_count) AS free,
  (SELECT page_size FROM pragma_page_size) AS size`

export interface Pages {
  readonly pages: number
  readonly free: number
  readonly size: number
}

export function readPages(db: Database): Pages {
  const pages = prepared<[], Pages>(db, PAGES_SQL).get()
  if (!pages) throw new Error('the database does not tell its size')
  return pages
}

export function bytesInUse({ pages, free, size }: Pages): number {
  return (pages - free) * size
}
