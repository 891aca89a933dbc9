import type { Database } from '@/lib/db/open'
import { Random } from './random'
import { PROGRAMS, USERS } from './vocabulary'

const DAY = 86_400_000
const SEVERITIES = ['medium', 'high', 'low', 'critical'] as const
const VERDICTS = ['false_positive', 'benign_true_positive', 'true_positive', 'duplicate', 'test'] as const
const ANALYSTS = ['ann', 'bo', 'cleo', 'dan'] as const
const ASKED = [
  ['other', '/latest/meta-data/instance-id'],
  ['credentials', '/latest/meta-data/iam/security-credentials/'],
  ['token', '/latest/api/token'],
  ['identity', '/latest/dynamic/instance-identity/document'],
  ['user_data', '/latest/user-data'],
] as const

/**
 * A seeded queue: alerts of the rules there are, over ninety days, on two hundred hosts, with three hundred parents and sixty
 * roles; two in five still open, one in twelve beyond its rule's cap. Rows as the detector writes them, without their events.
 */
export function generateAlerts(db: Database, count: number, seed: number, now: number): void {
  const random = new Random(seed)
  const rules = db.prepare<[], { id: number; version_id: number }>('SELECT id, version_id FROM rule ORDER BY id').all()
  const hosts = Array.from({ length: 200 }, (_, i) => ({ id: random.hex(32), name: `ip-10-0-${i >> 6}-${i}` }))
  const parents = Array.from({ length: 300 }, (_, i) => `/opt/${random.hex(4)}/bin/${random.pick(PROGRAMS)}-${i}`)
  const roles = Array.from({ length: 60 }, (_, i) => `${random.pick(['web', 'batch', 'ci', 'data'])}-${random.pick(['prod', 'stage'])}-role-${i}`)
  const alert = db.prepare(
    `INSERT INTO alert (rule_id, rule_version_id, event_id, "keys", severity, risk_score, reason, host_id, host_name, process_name, parent_executable, user_name,
       occurred_at, created_at, updated_at, status, verdict, assignee, over_cap, checklist_done, checklist_total, closed_at,
       imds_provider, imds_host, imds_path, imds_path_class, imds_role, imds_version)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'curl', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 6, ?, 'aws', '169.254.169.254', ?, ?, ?, ?)`,
  )
  const link = db.prepare('INSERT INTO alert_event (alert_id, position, role, stage, event_id) VALUES (?, ?, ?, ?, ?)')
  const history = db.prepare("INSERT INTO alert_history (alert_id, at, actor, kind, text) VALUES (?, ?, 'detector', 'raised', 'Raised by a rule.')")
  const insert = db.transaction(() => {
    for (let i = 0; i < count; i++) {
      const rule = random.pick(rules)
      const host = random.skewed(hosts)
      const parent = random.skewed(parents)
      const user = random.skewed(USERS)
      const at = now - Math.floor((1 - i / count) * 90 * DAY) - random.below(DAY)
      const closed = random.chance(0.5)
      const status = closed ? 'closed' : random.chance(0.2) ? 'acknowledged' : 'open'
      const [pathClass, path] = random.skewed(ASKED)
      const role = pathClass === 'credentials' && random.chance(0.8) ? random.skewed(roles) : null
      const severity = random.skewed(SEVERITIES)
      const reason = `curl (pid ${random.below(60_000)}, ${user}), run by ${parent.slice(parent.lastIndexOf('/') + 1)}, connected to 169.254.169.254:80 ${random.below(900)} ms later${role === null ? '' : ` for the credentials of ${role}`}`
      const { lastInsertRowid } = alert.run(
        rule.id,
        rule.version_id,
        i,
        JSON.stringify({ 'host.id': host.id, 'process.parent.entity_id': random.hex(24) }),
        severity,
        random.below(100),
        reason,
        host.id,
        host.name,
        parent,
        user,
        at,
        at + 2_000,
        at + 2_000,
        status,
        closed ? random.skewed(VERDICTS) : null,
        random.chance(0.3) ? random.pick(ANALYSTS) : null,
        random.chance(0.08) ? 1 : 0,
        closed ? 6 : random.below(3),
        closed ? at + random.below(3 * DAY) : null,
        path + (role ?? ''),
        pathClass,
        role,
        random.pick(['v1', 'v2', null]),
      )
      link.run(lastInsertRowid, 0, 'exec', 0, 2 * i)
      link.run(lastInsertRowid, 1, 'network', 1, 2 * i + 1)
      history.run(lastInsertRowid, at + 2_000)
    }
  })
  insert.immediate()
}
