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
}

function severityOf(text: string): Severity {
  return SEVERITIES.find((severity) => severity === text) ?? 'low'
}

function summary(row: RuleRow, alerts: number, openAlerts: number): RuleSummary {
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
    context.db.alert.groupBy({ by: ['ruleId', 'status'], _count: { _all: true } }),
    context.db.exception.groupBy({ by: ['ruleId'], where: { enabled: true, ruleId: { not: null } }, _count: { _all: true } }),
  ])
  const documents = await context.db.ruleVersion.findMany({
    where: { id: { in: rows.flatMap((row) => row.versionId ?? []) } },
    select: { ruleId: true, document: true },
  })
  const documentOf = new Map(documents.map((version) => [version.ruleId, ruleSchema.parse(JSON.parse(version.document))]))
  return rows.map((row) => {
    const own = counts.filter((count) => count.ruleId === row.id)
    const document = documentOf.get(row.id)
    return {
      ...summary(
        row,
        own.reduce((sum, count) => sum + count._count._all, 0),
        own.find((count) => count.status === 'open')?._count._all ?? 0,
      ),
      exceptions: exceptions.find((group) => group.ruleId === row.ruleId)?._count._all ?? 0,
      tags: document?.tags ?? [],
      techniques: document === undefined ? [] : techniquesOf(document),
    }
  })
}

/** One rule by its own id (`rule_id` of the Elastic format), or null when there is none. */
export async function readRule(context: Context, ruleId: string): Promise<RuleDetail | null> {
  const row = await context.db.rule.findUnique({ where: { ruleId }, select: RULE_COLUMNS })
  if (!row) return null
  const [versions, counts, exceptions] = await Promise.all([
    context.db.ruleVersion.findMany({ where: { ruleId: row.id }, orderBy: { id: 'desc' } }),
    context.db.alert.groupBy({ by: ['ruleVersionId', 'status'], where: { ruleId: row.id }, _count: { _all: true } }),
    context.db.exception.findMany({ where: { OR: [{ ruleId }, { ruleId: null }] }, orderBy: [{ enabled: 'desc' }, { id: 'asc' }] }),
  ])
  const documents = versions.map((version) => ({ version, document: ruleSchema.parse(JSON.parse(version.document)) }))
  const current = documents.find(({ version }) => version.id === row.versionId) ?? documents[0]
  if (!current) return null
  return {
    ...summary(
      row,
      counts.reduce((sum, count) => sum + count._count._all, 0),
      counts.filter((count) => count.status === 'open').reduce((sum, count) => sum + count._count._all, 0),
    ),
    document: current.document,
    versions: documents.map(({ version, document }) => ({
      id: version.id,
      version: document.version,
      digest: version.digest,
      createdAt: version.createdAt.toISOString(),
      current: version.id === current.version.id,
      alerts: counts.filter((count) => count.ruleVersionId === version.id).reduce((sum, count) => sum + count._count._all, 0),
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
