import { parse } from 'smol-toml'
import { z } from 'zod'
import { AppError, errorMessage } from '@/lib/errors'
import { ruleSchema } from './schema'
import type { RuleDocument } from './schema'

/**
 * Reads one rule in the TOML form of Elastic's detection rules (a `[metadata]` table and a `[rule]` table). Throws
 * AppError `invalid` that names the file and the field.
 */
export function parseRuleToml(text: string, file: string): RuleDocument {
  let document: unknown
  try {
    document = parse(text)
  } catch (error) {
    throw new AppError('invalid', `${file}: not TOML: ${errorMessage(error)}`)
  }
  const result = z.object({ rule: ruleSchema }).safeParse(document)
  if (!result.success) {
    const issue = result.error.issues[0]
    throw new AppError('invalid', `${file}: ${issue ? `${issue.path.join('.')}: ${issue.message}` : 'not a rule'}`)
  }
  return result.data.rule
}
