import type { Database } from '@/lib/db/open'
import type { LiveAlerts, LiveImports } from '@/lib/detect/schema'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'

/** One thing that happened. `id` is where to resume: the newest entry of alerts' history that it speaks of. */
export type LiveEvent =
  | { readonly type: 'alerts'; readonly id: number; readonly data: LiveAlerts }
  | { readonly type: 'imports'; readonly data: LiveImports }
  /** Nothing happened; the place to resume from. */
  | { readonly type: 'here'; readonly id: number }

export interface LiveListener {
  readonly on: (event: LiveEvent) => void
  readonly onClose: () => void
}

const EVERY_MS = 500
const ALERTS_NAMED = 200
/** Imports that may move: the newest. A push import is older than that only after as many files within its hour. */
const IMPORTS_WATCHED = 50

interface ImportRow {
  readonly importId: number
  readonly name: string
  readonly source: string
  readonly status: string
  readonly bytes: number
  readonly records: number
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
  readonly alerts: number
}

/**
 * Tells open pages what changed. The database is the one place that hears of every change, also of those another process
 * makes, so it is asked: `PRAGMA data_version` moves with any commit of another connection and costs microseconds; only
 * then are the tables read, from where the last look ended. Nobody listening, nothing is asked.
 */
export class LiveFeed {
  readonly #db: Database
  readonly #listeners = new Set<LiveListener>()
  readonly #imports = new Map<number, string>()
  #timer: NodeJS.Timeout | null = null
  #version: unknown = null
  #cursor = 0
  #closed = false

  /** Takes over the connection, which must be one that only reads. */
  constructor(db: Database) {
    this.#db = db
  }

  /**
   * Listens until the answered function is called or the feed closes. `after` is the id of the last event that was heard: what
   * happened since is told at once. Throws `busy` when too many listen, or when the console is ending.
   */
  subscribe(after: number | null, listener: LiveListener): () => void {
    if (this.#closed) throw new AppError('busy', 'The console is ending.')
    if (this.#listeners.size >= LIMITS.liveStreams) throw new AppError('busy', `${LIMITS.liveStreams} pages listen already, which is the most.`)
    if (this.#timer === null) {
      this.#version = null
      this.#cursor = this.#newestEntry()
      this.#movedImports()
      this.#timer = setInterval(() => this.#lookAgain(), EVERY_MS)
    }
    this.#listeners.add(listener)
    const missed = after !== null && after < this.#cursor ? this.#alertsSince(after) : null
    listener.on(missed ?? { type: 'here', id: this.#cursor })
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#rest()
    }
  }

  /** Ends every listener and the connection. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#rest()
    for (const listener of this.#listeners) listener.onClose()
    this.#listeners.clear()
    this.#db.close()
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** A look may fail, as on a full disk. It must not end the console: what it would have found is told by the next that works. */
  #lookAgain(): void {
    try {
      this.#look()
    } catch {
      this.#version = null
    }
  }

  #look(): void {
    const version: unknown = this.#db.pragma('data_version', { simple: true })
    if (version === this.#version) return
    this.#version = version
    const imports = this.#movedImports()
    if (imports.length > 0) this.#tell({ type: 'imports', data: { imports } })
    if (this.#newestEntry() === this.#cursor) return
    const event = this.#alertsSince(this.#cursor)
    this.#cursor = event.id
    this.#tell(event)
  }

  #tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener.on(event)
  }

  #newestEntry(): number {
    return this.#db.prepare<[], number | null>('SELECT max(id) FROM alert_history').pluck().get() ?? 0
  }

  #alertsSince(after: number): Extract<LiveEvent, { type: 'alerts' }> {
    const counts = this.#db
      .prepare<[number], { newest: number | null; raised: number | null; entries: number }>(
        "SELECT max(id) AS newest, sum(kind = 'raised') AS raised, count(*) AS entries FROM alert_history WHERE id > ?",
      )
      .get(after)
    const alertIds = this.#db
      .prepare<[number, number], number>('SELECT alert_id FROM alert_history WHERE id > ? GROUP BY alert_id ORDER BY max(id) DESC LIMIT ?')
      .pluck()
      .all(after, ALERTS_NAMED)
    const newestId = this.#db.prepare<[], number | null>('SELECT max(id) FROM alert').pluck().get() ?? 0
    const raised = counts?.raised ?? 0
    return { type: 'alerts', id: counts?.newest ?? after, data: { raised, changed: (counts?.entries ?? 0) - raised, newestId, alertIds } }
  }

  /** The imports whose counts or state are other than at the last look. */
  #movedImports(): readonly ImportRow[] {
    const rows = this.#db
      .prepare<[number], ImportRow>(
        `SELECT i.id AS importId, i.name, s.name AS source, i.status, i.bytes, i.records, i.stored, i.duplicates, i.rejected, i.alerts
         FROM import i JOIN source s ON s.id = i.source_id ORDER BY i.id DESC LIMIT ?`,
      )
      .all(IMPORTS_WATCHED)
    const moved = rows.filter((row) => this.#imports.get(row.importId) !== JSON.stringify(row))
    this.#imports.clear()
    for (const row of rows) this.#imports.set(row.importId, JSON.stringify(row))
    return moved
  }
}
