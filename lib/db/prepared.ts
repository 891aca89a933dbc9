import type { Statement } from 'better-sqlite3'
import type { Database } from './open'

const statements = new WeakMap<Database, Map<string, unknown>>()

/**
 * A statement prepared once for its connection. Preparing costs more than running what the detector asks per key. The
 * statement is shared: `pluck` and the like must be the same wherever the text is the same, so they are part of the key.
 */
export function prepared<Parameters extends unknown[], Row = unknown>(db: Database, sql: string, mode: 'rows' | 'values' = 'rows'): Statement<Parameters, Row> {
  let ofConnection = statements.get(db)
  if (!ofConnection) {
    ofConnection = new Map()
    statements.set(db, ofConnection)
  }
  const key = `${mode} ${sql}`
  const known = ofConnection.get(key)
  if (known !== undefined) return known as Statement<Parameters, Row>
  const statement = db.prepare<Parameters, Row>(sql)
  const shared = mode === 'values' ? statement.pluck() : statement
  ofConnection.set(key, shared)
  return shared
}
