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

/** A rule as the detector needs it: the row it belongs to, the version it is, and its document. */
export interface LoadedRule {
  readonly id: number
  readonly versionId: number
  readonly document: RuleDocument
}

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

/** A row of the list of rules. */
export interface RuleListItem extends RuleSummary {
  /** Enabled exceptions that belong to this rule; those for all rules are not among them. */
  readonly exceptions: number
  readonly tags: readonly string[]
  /** ATT&CK ids of its tactics and techniques, in the rule's order. */
  readonly techniques: readonly string[]
}

/** A version of a rule. `current` is the one the detector runs. */
export interface RuleVersionSummary {
  readonly id: number
  /** The rule's own version number, which its author counts. */
  readonly version: number
  /** sha256 of the document, hex. */
  readonly digest: string
  readonly createdAt: string
  readonly current: boolean
  readonly alerts: number
}

/** An exception that keeps this rule quiet, as its page shows it. */
export interface RuleException {
  readonly id: number
  readonly name: string
  readonly reason: string
  readonly enabled: boolean
  readonly forAllRules: boolean
  readonly expiresAt: string | null
  readonly hits: number
  readonly lastHitAt: string | null
}

export interface RuleDetail extends RuleSummary {
  /** Alerts beyond its max_signals, which the queue folds away. */
  readonly overCap: number
  /** Different keys of which some run met more than is looked at together. */
  readonly truncatedKeys: number
  /** Keys whose join failed again and again, and that wait for a start or a change of the rules. */
  readonly setAsideKeys: number
  /** When an upgrade began to read records otherwise: a run over what was stored before may find more. Null when there is no need. */
  readonly rerunAdvisedAt: string | null
  readonly document: RuleDocument
  readonly versions: readonly RuleVersionSummary[]
  readonly exceptions: readonly RuleException[]
}
