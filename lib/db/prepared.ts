import type { Statement } from 'better-sqlite3'
import type { Database } from './open'

type Mode = 'rows' | 'values'
type Statements = Readonly<Record<Mode, Map<string, unknown>>>

const statements = new WeakMap<Database, Statements>()

/**
 * A statement prepared once for its connection. Preparing costs more than running what the detector asks per key. The
 * statement is shared: `pluck` and the like must be the same wherever the text is the same, so each mode has its own. On a hot
 * path the text is a constant: one put together at every call has to be hashed at every call.
 */
export function prepared<Parameters extends unknown[], Row = unknown>(db: Database, sql: string, mode: Mode = 'rows'): Statement<Parameters, Row> {
  let ofConnection = statements.get(db)
  if (!ofConnection) {
    ofConnection = { rows: new Map(), values: new Map() }
    statements.set(db, ofConnection)
  }
  const known = ofConnection[mode].get(sql)
  if (known !== undefined) return known as Statement<Parameters, Row>
  const statement = db.prepare<Parameters, Row>(sql)
  const shared = mode === 'values' ? statement.pluck() : statement
  ofConnection[mode].set(sql, shared)
  return shared
}
