import type { Context } from '@/lib/auth/context'
import { IMDS_PATH_LABELS } from '@/lib/ecs/imds'
import { ALERT_FACETS, VERDICT_LABELS } from './schema'
import type { AlertFacet, AlertFilter, FacetCount, FacetLabels } from './schema'
import { FACET_COLUMNS, allOf, coveredConditions, facetCondition, rowConditions } from './filter-sql'

/** Values shown for one facet: more would not be read. */
const VALUES = 50

interface Row {
  readonly value: string | number | bigint | null
  readonly label: string | null
  readonly count: number | bigint
}

const HOST_NAME = '(SELECT h.host_name FROM alert h WHERE h.host_id = value ORDER BY h.id DESC LIMIT 1)'
const LABELS: Partial<Record<AlertFacet, string>> = {
  ruleId: '(SELECT r.rule_id || char(0) || r.name FROM rule r WHERE r.id = value)',
  host: HOST_NAME,
}
const NULL_LABELS: Partial<Record<AlertFacet, string>> = { verdict: 'None', assignee: 'Nobody', pathClass: 'Not said', role: 'None named' }
const WORDS: Partial<Record<AlertFacet, Readonly<Record<string, string>>>> = { verdict: VERDICT_LABELS, pathClass: IMDS_PATH_LABELS }

function toCount(facet: AlertFacet, row: Row): FacetCount {
  const count = Number(row.count)
  if (facet === 'ruleId') {
    const [value = '', label = ''] = (row.label ?? '').split('\u0000')
    return { value, label, count }
  }
  const value = row.value === null ? null : String(row.value)
  if (value === null) return { value, label: NULL_LABELS[facet] ?? 'Unknown', count }
  return { value, label: row.label ?? WORDS[facet]?.[value] ?? value, count }
}

/**
 * The most frequent values of a facet and how many alerts have each, where the other facets' conditions and the rest of the
 * filter hold. Asked for when its menu opens. Without text or case it reads the covering index alone.
 */
export async function countFacet(ctx: Pick<Context, 'db'>, filter: AlertFilter, facet: AlertFacet): Promise<readonly FacetCount[]> {
  const rows = rowConditions(filter)
  const where = allOf([...ALERT_FACETS.filter((other) => other !== facet).map((other) => facetCondition(filter, other)), ...coveredConditions(filter), ...rows])
  // SQLite would rather read each row than a wide index that has all the columns asked for.
  const from = rows.length === 0 ? 'alert a INDEXED BY alert_facets_idx' : 'alert a'
  const counted = await ctx.db.$queryRawUnsafe<Row[]>(
    `SELECT value, ${LABELS[facet] ?? 'NULL'} AS label, n AS count FROM (
       SELECT ${FACET_COLUMNS[facet]} AS value, count(*) AS n FROM ${from} WHERE ${where.sql} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${VALUES})`,
    ...where.values,
  )
  return counted.map((row) => toCount(facet, row))
}

/** The names of the rules and hosts that a filter names by their ids. */
export async function labelsOf(ctx: Pick<Context, 'db'>, filter: AlertFilter): Promise<FacetLabels> {
  const named = async (wanted: readonly string[], label: string) => {
    if (wanted.length === 0) return {}
    const rows = await ctx.db.$queryRawUnsafe<{ value: string; label: string | null }[]>(`SELECT value, ${label} AS label FROM json_each(?)`, JSON.stringify(wanted))
    return Object.fromEntries(rows.map((row) => [row.value, row.label ?? row.value]))
  }
  return { ruleId: await named(filter.ruleId ?? [], '(SELECT r.name FROM rule r WHERE r.rule_id = value)'), host: await named(filter.host ?? [], HOST_NAME) }
}
