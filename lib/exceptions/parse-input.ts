import type { z } from 'zod'
import { AppError } from '@/lib/errors'

/**
 * Parses what a verb was given. Throws `invalid` with `details.fields`: dotted path of the field (`entries.0.value`) to
 * what is wrong with it, which a form shows beside the field.
 */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const fields: Record<string, string> = {}
  for (const issue of parsed.error.issues) fields[issue.path.join('.')] ??= issue.message
  const summary = Object.entries(fields).map(([path, message]) => (path === '' ? message : `${path}: ${message}`))
  throw new AppError('invalid', `The exception is not complete: ${summary.join('; ')}.`, { fields })
}
