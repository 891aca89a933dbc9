import type { Database } from '@/lib/db/open'
import { imdsPair, TEST_TIME, testHost } from '@/lib/ecs/testing'
import { auditConnect, auditExec } from '@/lib/ecs/testing/audit'

/**
 * Records that nothing is wrong with, between the hostile ones. They are the same in every round and stand on hosts of their own, so
 * all of them have to be stored, once, and raise the alerts that they raise alone.
 */
const PAIRS = 40

/** Exec and connection of one process after the other: a line each. */
export function documentMarkers(): string[] {
  return Array.from({ length: PAIRS }, (_, i) => imdsPair({ host: testHost({ name: `marker-${i % 4}` }), pid: 100 + i, at: TEST_TIME + i * 5_000, id: `marker-${i}`, sequence: i * 2 }))
    .flat()
    .map((event) => JSON.stringify(event))
}

/** Exec and connection as audit records: the lines of an event each. */
export function auditMarkers(): (readonly string[])[] {
  return Array.from({ length: PAIRS }, (_, i) => {
    const process = { node: `marker-audit-${i % 4}`, pid: 100 + i, ppid: 90, exe: '/usr/bin/curl' }
    return [auditExec({ ...process, serial: 1_000 + i * 2, at: i * 5_000, args: ['curl', 'http://169.254.169.254/'] }), auditConnect({ ...process, serial: 1_001 + i * 2, at: i * 5_000 + 200 })]
  }).flat()
}

export interface MarkerState {
  readonly events: number
  /** Rule, key and identities of the records of each alert, in order. */
  readonly alerts: readonly string[]
}

export function markerState(db: Database): MarkerState {
  const events = db.prepare<[], number>("SELECT count(*) FROM event e JOIN host h ON h.id = e.host WHERE h.name LIKE 'marker-%'").pluck().get() ?? 0
  const alerts = db
    .prepare<[], string>(
      `SELECT r.rule_id || ' ' || coalesce(a.join_key, '') || ' ' || (SELECT group_concat(hex(e.identity)) FROM (SELECT event_id FROM alert_event WHERE alert_id = a.id ORDER BY position) l JOIN event e ON e.id = l.event_id)
       FROM alert a JOIN rule r ON r.id = a.rule_id WHERE a.host_name LIKE 'marker-%' AND a.retracted_at IS NULL ORDER BY 1`,
    )
    .pluck()
    .all()
  return { events, alerts }
}
