/**
 * lib/rules: detection rules in the Elastic rule format, bundled as one TOML file each, kept in the database with every
 * version that ever raised an alert.
 */
import { z } from 'zod'

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

const reference = z.object({ id: z.string().min(1), name: z.string().min(1), reference: z.string().optional() })

const threatSchema = z.object({
  framework: z.string(),
  tactic: reference,
  technique: z.array(reference.extend({ subtechnique: z.array(reference).optional() })).optional(),
})

/** A rule as a document: the fields of the Elastic format that Linklocal uses; others are kept as they are. */
export const ruleSchema = z
  .object({
    rule_id: z.string().min(1).max(200),
    name: z.string().min(1).max(300),
    description: z.string().max(50_000),
    type: z.string(),
    language: z.string(),
    query: z.string().min(1).max(100_000),
    severity: z.enum(SEVERITIES),
    risk_score: z.number().int().min(0).max(100),
    version: z.number().int().min(1).default(1),
    author: z.array(z.string()).default([]),
    license: z.string().optional(),
    from: z.string().default('now-6m'),
    interval: z.string().regex(/^\d+[smhd]$/, 'an interval is a number and one of s, m, h, d').default('5m'),
    max_signals: z.number().int().min(1).max(100_000).default(100),
    index: z.array(z.string()).default([]),
    tags: z.array(z.string()).default([]),
    references: z.array(z.string()).default([]),
    false_positives: z.array(z.string()).default([]),
    note: z.string().max(200_000).default(''),
    setup: z.string().max(200_000).default(''),
    threat: z.array(threatSchema).default([]),
    timestamp_field: z.string().optional(),
    event_category_override: z.string().optional(),
    tiebreaker_field: z.string().optional(),
  })
  .loose()

export type RuleDocument = z.infer<typeof ruleSchema>

/** A rule as lists and pages show it. */
export interface RuleSummary {
  readonly id: number
  readonly ruleId: string
  readonly name: string
  readonly language: string
  readonly type: string
  readonly severity: Severity
  readonly riskScore: number
  readonly enabled: boolean
  readonly origin: string
  readonly alerts: number
  readonly openAlerts: number
  readonly updatedAt: string
}
