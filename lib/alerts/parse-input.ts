import type { z } from 'zod'
import { AppError } from '@/lib/errors'

/** The input as its schema gives it. Throws AppError `invalid` with the first problem; `details.field` names where it is. */
export function parseInput<S extends z.ZodType>(schema: S, input: z.input<S>): z.output<S> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new AppError('invalid', issue?.message ?? 'The input is not valid.', { field: issue?.path.join('.') ?? '' })
}
