import type { Database } from '@/lib/db/open'
import type { DetectorRule } from './engine'

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of an interval such as `5m`. */
export function intervalMs(interval: string): number {
  return Number(interval.slice(0, -1)) * (UNIT_MS[interval.slice(-1)] ?? UNIT_MS['m'] ?? 0)
}

/**
 * A rule shows at most `max_signals` alerts an interval of event time; the rest are kept and marked. Which ones is decided
 * by time and identity, never by arrival, so the marks of every touched interval are set anew.
 */
export function markOverCap(db: Database, rule: DetectorRule, times: readonly number[]): void {
  const interval = intervalMs(rule.document.interval)
  const buckets = new Set(times.map((ts) => Math.floor(ts / interval)))
  const count = db.prepare<[number, number, number], number>('SELECT count(*) FROM alert WHERE rule_id = ? AND occurred_at >= ? AND occurred_at < ?').pluck()
  const mark = db.prepare(
    `UPDATE alert SET over_cap = ranked.over FROM (
       SELECT a.id, (row_number() OVER (ORDER BY a.retracted_at IS NOT NULL, a.occurred_at, coalesce(e.ts_ns, r.ts_ns), coalesce(e.identity, r.identity), a.join_key)) > @max AS over
       FROM alert a LEFT JOIN event e ON e.id = a.event_id LEFT JOIN removed_record r ON r.alert_id = a.id AND r.event_id = a.event_id
       WHERE a.rule_id = @rule AND a.occurred_at >= @from AND a.occurred_at < @to
     ) AS ranked WHERE alert.id = ranked.id AND alert.over_cap <> ranked.over`,
  )
  for (const bucket of buckets) {
    const from = bucket * interval
    const to = from + interval
    if ((count.get(rule.id, from, to) ?? 0) > rule.document.max_signals) mark.run({ max: rule.document.max_signals, rule: rule.id, from, to })
  }
}
