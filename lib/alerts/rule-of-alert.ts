import type { Context } from '@/lib/auth/context'
import { AppError } from '@/lib/errors'
import { ruleSchema } from '@/lib/rules/schema'
import type { RuleDocument } from '@/lib/rules/schema'

/** The rule as it was when it raised an alert, and whether it has changed since. */
export interface RuleOfAlert {
  readonly document: RuleDocument
  readonly changedSince: boolean
}

/** Reads the version of a rule that raised an alert. Throws AppError `not_found`. */
export async function ruleOfAlert(ctx: Pick<Context, 'db'>, alert: { readonly ruleVersionId: number }): Promise<RuleOfAlert> {
  const version = await ctx.db.ruleVersion.findUnique({ where: { id: alert.ruleVersionId }, include: { rule: { select: { versionId: true } } } })
  if (!version) throw new AppError('not_found', 'The version of the rule that raised this alert is not stored.')
  return { document: ruleSchema.parse(JSON.parse(version.document)), changedSince: version.rule.versionId !== version.id }
}
