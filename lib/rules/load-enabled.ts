import type { Database } from '@/lib/db/open'
import { ruleSchema } from './schema'
import type { LoadedRule } from './schema'

interface Row {
  readonly id: number
  readonly version_id: number
  readonly document: string
}

/** The enabled rules, in the order they were added. */
export function loadEnabledRules(db: Database): readonly LoadedRule[] {
  return db
    .prepare<[], Row>('SELECT r.id, r.version_id, v.document FROM rule r JOIN rule_version v ON v.id = r.version_id WHERE r.enabled = 1 ORDER BY r.id')
    .all()
    .map((row) => ({ id: row.id, versionId: row.version_id, document: ruleSchema.parse(JSON.parse(row.document)) }))
}
