import type { Context } from '@/lib/auth/context'
import { ruleSchema, SEVERITIES } from './schema'
import type { RuleDetail, RuleDocument, RuleListItem, RuleSummary, Severity } from './schema'

interface RuleRow {
  readonly id: number
  readonly ruleId: string
  readonly name: string
  readonly language: string
  readonly type: string
  readonly severity: string
  readonly riskScore: number
  readonly enabled: boolean
  readonly origin: string
  readonly updatedAt: Date
  readonly rerunAdvisedAt: Date | null
}

interface AlertCount {
  readonly ruleId: number
  readonly status: string
  readonly alerts: number
  readonly overCap: number
}

/** How many alerts each rule has in each status, and how many of them are beyond its cap, read from the covering index of the facets alone. */
async function countAlerts({ db }: Pick<Context, 'db'>): Promise<readonly AlertCount[]> {
  const rows = await db.$queryRawUnsafe<{ rule_id: bigint | number; status: string; n: bigint | number; over_cap: bigint | number }[]>(
    'SELECT rule_id, status, count(*) AS n, sum(over_cap <> 0) AS over_cap FROM alert INDEXED BY alert_facets_idx GROUP BY rule_id, status',
  )
  return rows.map((row) => ({ ruleId: Number(row.rule_id), status: row.status, alerts: Number(row.n), overCap: Number(row.over_cap) }))
}

function sumOf(counts: readonly AlertCount[]): { readonly all: number; readonly open: number } {
  const sum = (rows: readonly AlertCount[]) => rows.reduce((total, { alerts }) => total + alerts, 0)
  return { all: sum(counts), open: sum(counts.filter(({ status }) => status === 'open')) }
}

function severityOf(text: string): Severity {
  return SEVERITIES.find((severity) => severity === text) ?? 'low'
}

function summary(row: RuleRow, counts: readonly AlertCount[]): RuleSummary {
  const { all: alerts, open: openAlerts } = sumOf(counts.filter(({ ruleId }) => ruleId === row.id))
  return {
    id: row.id,
    ruleId: row.ruleId,
    name: row.name,
    language: row.language,
    type: row.type,
    severity: severityOf(row.severity),
    riskScore: row.riskScore,
    enabled: row.enabled,
    origin: row.origin,
    alerts,
    openAlerts,
    updatedAt: row.updatedAt.toISOString(),
  }
}

const RULE_COLUMNS = {
  id: true,
  ruleId: true,
  name: true,
  language: true,
  type: true,
  severity: true,
  riskScore: true,
  enabled: true,
  origin: true,
  updatedAt: true,
  rerunAdvisedAt: true,
  versionId: true,
} as const

function techniquesOf(document: RuleDocument): readonly string[] {
  const ids = document.threat.flatMap(({ tactic, technique = [] }) => [
    tactic.id,
    ...technique.flatMap((entry) => [entry.id, ...(entry.subtechnique ?? []).map((sub) => sub.id)]),
  ])
  return [...new Set(ids)]
}

/** Every rule by name, with its alerts, its exceptions, its tags and what it maps to. */
export async function listRules(context: Context): Promise<readonly RuleListItem[]> {
  const [rows, counts, exceptions] = await Promise.all([
    context.db.rule.findMany({ select: RULE_COLUMNS, orderBy: [{ name: 'asc' }, { id: 'asc' }] }),
    countAlerts(context),
    context.db.exception.groupBy({ by: ['ruleId'], where: { enabled: true, ruleId: { not: null } }, _count: { _all: true } }),
  ])
  const documents = await context.db.ruleVersion.findMany({
    where: { id: { in: rows.flatMap((row) => row.versionId ?? []) } },
    select: { ruleId: true, document: true },
  })
  const documentOf = new Map(documents.map((version) => [version.ruleId, ruleSchema.parse(JSON.parse(version.document))]))
  return rows.map((row) => {
    const document = documentOf.get(row.id)
    return {
      ...summary(row, counts),
      exceptions: exceptions.find((group) => group.ruleId === row.ruleId)?._count._all ?? 0,
      tags: document?.tags ?? [],
      techniques: document === undefined ? [] : techniquesOf(document),
    }
  })
}

async function countByVersion({ db }: Pick<Context, 'db'>, ruleId: number): Promise<ReadonlyMap<number, number>> {
  const groups = await db.alert.groupBy({ by: ['ruleVersionId'], where: { ruleId }, _count: { _all: true } })
  return new Map(groups.map((group) => [group.ruleVersionId, group._count._all]))
}

/** Different keys of which some run met more than is looked at. */
async function countTruncatedKeys({ db }: Pick<Context, 'db'>, ruleId: number): Promise<number> {
  const [row] = await db.$queryRaw<{ n: bigint | number }[]>`SELECT count(DISTINCT "key") AS n FROM truncated_key WHERE rule_id = ${ruleId}`
  return Number(row?.n ?? 0)
}

/** One rule by its own id (`rule_id` of the Elastic format), or null when there is none. */
export async function readRule(context: Context, ruleId: string): Promise<RuleDetail | null> {
  const row = await context.db.rule.findUnique({ where: { ruleId }, select: RULE_COLUMNS })
  if (!row) return null
  const [versions, counts, ofVersions, cutKeys, setAsideKeys, exceptions] = await Promise.all([
    context.db.ruleVersion.findMany({ where: { ruleId: row.id }, orderBy: { id: 'desc' } }),
    countAlerts(context),
    countByVersion(context, row.id),
    countTruncatedKeys(context, row.id),
    context.db.setAside.count({ where: { work: 'join', ruleId: row.id } }),
    context.db.exception.findMany({ where: { OR: [{ ruleId }, { ruleId: null }] }, orderBy: [{ enabled: 'desc' }, { id: 'asc' }] }),
  ])
  const documents = versions.map((version) => ({ version, document: ruleSchema.parse(JSON.parse(version.document)) }))
  const current = documents.find(({ version }) => version.id === row.versionId) ?? documents[0]
  if (!current) return null
  return {
    ...summary(row, counts),
    overCap: counts.filter(({ ruleId: of }) => of === row.id).reduce((total, { overCap }) => total + overCap, 0),
    truncatedKeys: cutKeys,
    setAsideKeys,
    rerunAdvisedAt: row.rerunAdvisedAt?.toISOString() ?? null,
    document: current.document,
    versions: documents.map(({ version, document }) => ({
      id: version.id,
      version: document.version,
      digest: version.digest,
      createdAt: version.createdAt.toISOString(),
      current: version.id === current.version.id,
      alerts: ofVersions.get(version.id) ?? 0,
    })),
    exceptions: exceptions.map((exception) => ({
      id: exception.id,
      name: exception.name,
      reason: exception.reason,
      enabled: exception.enabled,
      forAllRules: exception.ruleId === null,
      expiresAt: exception.expiresAt?.toISOString() ?? null,
      hits: exception.hits,
      lastHitAt: exception.lastHitAt?.toISOString() ?? null,
    })),
  }
}
