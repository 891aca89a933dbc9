import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Database } from '@/lib/db/open'
import { bumpRevision } from '@/lib/db/revision'
import { parseRuleToml } from './parse-toml'
import type { RuleDocument } from './schema'

/** The rules of a folder of TOML files, in the order of their names. Throws AppError naming the file that is not a rule. */
export function readRulePack(directory: string): readonly RuleDocument[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.toml'))
    .sort()
    .map((name) => parseRuleToml(readFileSync(path.join(directory, name), 'utf8'), name))
}

/** JSON with sorted keys, so that the digest of a rule depends on what it says and on nothing else. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]))
}

/**
 * Brings the bundled rules into the database: new ones are added enabled, changed ones get a new version, and what an
 * analyst switched off stays off. Alerts keep the version that raised them. Answers how many rules changed.
 */
export function syncBundledRules(db: Database, directory: string, now: Date): number {
  const rules = readRulePack(directory)
  const sync = db.transaction(() => {
    let changed = 0
    for (const rule of rules) {
      const document = JSON.stringify(canonical(rule))
      const digest = createHash('sha256').update(document).digest('hex')
      db.prepare(
        `INSERT INTO rule (rule_id, name, language, type, severity, risk_score, enabled, origin, updated_at) VALUES (?, ?, ?, ?, ?, ?, 1, 'bundled', ?)
         ON CONFLICT (rule_id) DO NOTHING`,
      ).run(rule.rule_id, rule.name, rule.language, rule.type, rule.severity, rule.risk_score, now.getTime())
      const row = db.prepare<[string], { id: number; version_id: number | null }>('SELECT id, version_id FROM rule WHERE rule_id = ?').get(rule.rule_id)
      if (!row) throw new Error('rule row missing after insert')
      db.prepare('INSERT INTO rule_version (rule_id, digest, document, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING').run(
        row.id,
        digest,
        document,
        now.getTime(),
      )
      const versionId = db.prepare<[number, string], number>('SELECT id FROM rule_version WHERE rule_id = ? AND digest = ?').pluck().get(row.id, digest)
      if (versionId === row.version_id) continue
      db.prepare('UPDATE rule SET version_id = ?, name = ?, language = ?, type = ?, severity = ?, risk_score = ?, updated_at = ? WHERE id = ?').run(
        versionId,
        rule.name,
        rule.language,
        rule.type,
        rule.severity,
        rule.risk_score,
        now.getTime(),
        row.id,
      )
      changed++
    }
    if (changed > 0) bumpRevision(db, 'rules')
    return changed
  })
  return sync.immediate()
}
