import { IMDS_PATH_CLASSES } from '@/lib/ecs/imds'
import { parseObservable } from '@/lib/ecs/observables'
import { parseAlertRef } from './schema'
import type { AlertFacet, AlertFilter, AlertSort, AlertSortKey } from './schema'

/** A condition of SQL over `alert a`, and the values of its placeholders in order. */
export interface SqlCondition {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

/** The column a facet counts. Rules are filtered by their own id and counted by their row's. */
export const FACET_COLUMNS: Readonly<Record<AlertFacet, string>> = {
  status: 'a.status',
  severity: 'a.severity',
  ruleId: 'a.rule_id',
  host: 'a.host_id',
  verdict: 'a.verdict',
  assignee: 'a.assignee',
  parent: 'a.parent_executable',
  pathClass: 'a.imds_path_class',
  role: 'a.imds_role',
}

const TEXT_COLUMNS = ['a.reason', 'a.host_name', 'a.host_id', 'a.process_name', 'a.parent_executable', 'a.user_name', 'a.imds_role']

function oneOf(column: string, wanted: readonly (string | null)[]): SqlCondition {
  const values = wanted.filter((value) => value !== null)
  const parts: string[] = []
  if (values.length > 0) parts.push(`${column} IN (${values.map(() => '?').join(', ')})`)
  if (values.length < wanted.length) parts.push(`${column} IS NULL`)
  return { sql: `(${parts.join(' OR ')})`, values }
}

function containsWord(word: string): SqlCondition {
  const id = parseAlertRef(word)
  if (id !== null) return { sql: 'a.id = ?', values: [id] }
  const pattern = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return { sql: `(${TEXT_COLUMNS.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR ')})`, values: TEXT_COLUMNS.map(() => pattern) }
}

/** The condition of one facet, or null when the filter does not limit it. */
export function facetCondition(filter: AlertFilter, facet: AlertFacet): SqlCondition | null {
  const wanted: readonly (string | null)[] | undefined = filter[facet]
  if (wanted === undefined || wanted.length === 0) return null
  if (facet !== 'ruleId') return oneOf(FACET_COLUMNS[facet], wanted)
  const inner = oneOf('rule_id', wanted)
  return { sql: `a.rule_id IN (SELECT id FROM rule WHERE ${inner.sql})`, values: inner.values }
}

/** Conditions on columns that the facets' index covers: cap and time. */
export function coveredConditions(filter: AlertFilter): readonly SqlCondition[] {
  const conditions: SqlCondition[] = []
  if (filter.overCap !== undefined) conditions.push({ sql: filter.overCap ? 'a.over_cap <> 0' : 'a.over_cap = 0', values: [] })
  if (filter.from !== undefined) conditions.push({ sql: 'a.occurred_at >= ?', values: [Date.parse(filter.from)] })
  if (filter.to !== undefined) conditions.push({ sql: 'a.occurred_at < ?', values: [Date.parse(filter.to)] })
  return conditions
}

/** Conditions that read the rows: case, import, observables and text. */
export function rowConditions(filter: AlertFilter): readonly SqlCondition[] {
  const conditions: SqlCondition[] = []
  if (filter.caseId !== undefined) conditions.push({ sql: 'a.id IN (SELECT alert_id FROM case_alert WHERE case_id = ?)', values: [filter.caseId] })
  if (filter.retracted !== undefined) conditions.push({ sql: `a.retracted_at IS ${filter.retracted ? 'NOT NULL' : 'NULL'}`, values: [] })
  if (filter.importId !== undefined) conditions.push({ sql: 'a.import_id = ?', values: [filter.importId] })
  for (const text of filter.about ?? []) {
    const { kind, value } = parseObservable(text) ?? { kind: '', value: '' }
    conditions.push({ sql: 'a.id IN (SELECT ao.alert_id FROM alert_observable ao JOIN observable o ON o.id = ao.observable_id WHERE o.kind = ? AND o.value = ?)', values: [kind, value] })
  }
  for (const word of filter.text?.split(/\s+/) ?? []) if (word !== '') conditions.push(containsWord(word))
  return conditions
}

export function allOf(conditions: readonly (SqlCondition | null)[]): SqlCondition {
  const present = conditions.filter((condition) => condition !== null)
  if (present.length === 0) return { sql: 'TRUE', values: [] }
  return { sql: present.map((condition) => condition.sql).join(' AND '), values: present.flatMap((condition) => condition.values) }
}

/** The whole filter as one condition. */
export function filterCondition(filter: AlertFilter): SqlCondition {
  const facets = (Object.keys(FACET_COLUMNS) as AlertFacet[]).map((facet) => facetCondition(filter, facet))
  return allOf([...facets, ...coveredConditions(filter), ...rowConditions(filter)])
}

// Never null, so that comparing rows is total.
const SORT_EXPRESSIONS: Readonly<Record<AlertSortKey, string | null>> = {
  time: null,
  severity: 'a.risk_score',
  rule: '(SELECT r.name FROM rule r WHERE r.id = a.rule_id)',
  host: 'a.host_name',
  status: "CASE a.status WHEN 'open' THEN 0 WHEN 'acknowledged' THEN 1 ELSE 2 END",
  assignee: "coalesce(a.assignee, '')",
  checklist: 'CASE a.checklist_total WHEN 0 THEN 0 ELSE 1.0 * a.checklist_done / a.checklist_total END',
  updated: 'a.updated_at',
  // The most telling first, in the order of IMDS_PATH_CLASSES; then what cannot be told; then those that asked nothing.
  asked: `(CASE a.imds_path_class ${IMDS_PATH_CLASSES.map((name, i) => `WHEN '${name}' THEN ${i + (name === 'other' ? 2 : 1)}`).join(' ')} ELSE ${IMDS_PATH_CLASSES.length + 2} END || coalesce(a.imds_role, ''))`,
}

/** What the list is ordered by: the wish, then time, then the row, so that no two rows are equal. */
function sortColumns(sort: AlertSort): readonly string[] {
  const expression = SORT_EXPRESSIONS[sort.by]
  return [...(expression === null ? [] : [expression]), 'a.occurred_at', 'a.id']
}

export function orderBy(sort: AlertSort): string {
  return sortColumns(sort)
    .map((column) => `${column} ${sort.descending ? 'DESC' : 'ASC'}`)
    .join(', ')
}

/** Rows that come after (or before) the alert in the sort order. */
export function beyond(id: number, sort: AlertSort, side: 'after' | 'before'): SqlCondition {
  const columns = sortColumns(sort).join(', ')
  const operator = (side === 'after') === sort.descending ? '<' : '>'
  return { sql: `(${columns}) ${operator} (SELECT ${columns} FROM alert a WHERE a.id = ?)`, values: [id] }
}
