import type { Context } from '@/lib/auth/context'
import { ALERT_FACETS } from './schema'
import type { AlertFacet, AlertFacets, AlertFilter, FacetCount } from './schema'
import { VERDICT_LABELS } from './schema'
import { FACET_COLUMNS, allOf, coveredConditions, facetCondition, rowConditions } from './filter-sql'

/** Values shown for one facet: more would not be read. */
const VALUES = 50

interface Row {
  readonly facet: AlertFacet
  readonly value: string | number | bigint | null
  readonly label: string | null
  readonly count: number | bigint
}

const LABELS: Partial<Record<AlertFacet, string>> = {
  ruleId: '(SELECT r.rule_id || char(0) || r.name FROM rule r WHERE r.id = value)',
  host: '(SELECT h.host_name FROM alert h WHERE h.host_id = value ORDER BY h.id DESC LIMIT 1)',
}

function toCount(row: Row): FacetCount {
  const count = Number(row.count)
  if (row.facet === 'ruleId') {
    const [value = '', label = ''] = (row.label ?? '').split('\u0000')
    return { value, label, count }
  }
  const value = row.value === null ? null : String(row.value)
  if (row.facet === 'verdict') return { value, label: value !== null && value in VERDICT_LABELS ? VERDICT_LABELS[value as keyof typeof VERDICT_LABELS] : 'None', count }
  return { value, label: row.label ?? value ?? (row.facet === 'assignee' ? 'Nobody' : 'Unknown'), count }
}

/**
 * For each facet its most frequent values and how many alerts have them, where the other facets' conditions and the rest
 * of the filter hold. One statement; without text or case each part reads the covering index alone.
 */
export async function countFacets(ctx: Pick<Context, 'db'>, filter: AlertFilter): Promise<AlertFacets> {
  const covered = coveredConditions(filter)
  const rows = rowConditions(filter)
  // What text and case leave is usually little: worth keeping rather than finding it seven times.
  const materialized = rows.length > 0
  const base = allOf(materialized ? [...covered, ...rows] : [])
  const values: (string | number)[] = [...base.values]
  const columns = Object.values(FACET_COLUMNS).join(', ')
  const parts = ALERT_FACETS.map((facet) => {
    const others = allOf([
      ...ALERT_FACETS.filter((other) => other !== facet).map((other) => facetCondition(filter, other)),
      ...(materialized ? [] : covered),
    ])
    values.push(...others.values)
    return `SELECT '${facet}' AS facet, value, ${LABELS[facet] ?? 'NULL'} AS label, n AS count FROM (
      SELECT ${FACET_COLUMNS[facet]} AS value, count(*) AS n FROM ${materialized ? 'base a' : 'alert a'}
      WHERE ${others.sql} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${VALUES})`
  })
  const sql = `${materialized ? `WITH base AS MATERIALIZED (SELECT ${columns} FROM alert a WHERE ${base.sql}) ` : ''}${parts.join(' UNION ALL ')}`
  const counted = await ctx.db.$queryRawUnsafe<Row[]>(sql, ...values)
  const counts = (facet: AlertFacet) => counted.filter((row) => row.facet === facet).map(toCount)
  return {
    status: counts('status'),
    severity: counts('severity'),
    ruleId: counts('ruleId'),
    host: counts('host'),
    verdict: counts('verdict'),
    assignee: counts('assignee'),
    parent: counts('parent'),
  }
}
