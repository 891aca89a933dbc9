import type { Context } from '@/lib/auth/context'
import type { RuleRun } from './schema'

const SHOWN = 20

/** The newest runs of a rule over stored events, newest first. */
export async function listRuleRuns(context: Pick<Context, 'db'>, ruleId: string): Promise<readonly RuleRun[]> {
  const rule = await context.db.rule.findUnique({ where: { ruleId }, select: { id: true } })
  if (!rule) return []
  const rows = await context.db.detectionRun.findMany({ where: { ruleId: rule.id, kind: 'backfill' }, orderBy: { id: 'desc' }, take: SHOWN })
  return rows.map((row) => ({
    id: row.id,
    status: row.status as RuleRun['status'],
    actor: row.actor,
    from: row.fromTs === null ? null : new Date(Number(row.fromTs)).toISOString(),
    to: row.toTs === null ? null : new Date(Number(row.toTs)).toISOString(),
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    total: row.total,
    events: row.events,
    hits: row.hits,
    alerts: row.alerts,
    truncated: row.truncated,
    error: row.error,
  }))
}
