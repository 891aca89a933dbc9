import { z } from 'zod'

/** The shape of a policy's entries. Unknown keys are let be: policies are written for agents of many versions. */

const DURATION = /^(\d+)(ms|s|m|h)$/
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

const list = <T extends z.ZodType>(item: T) => z.array(item).nullish().transform((value) => value ?? [])
const scalar = z.union([z.string(), z.number(), z.boolean()])

const set = z.object({
  name: z.string().regex(/^[A-Za-z_]\w*$/, 'a variable is named by letters, digits and _'),
  value: z.union([scalar, z.array(scalar)]).nullish(),
  field: z.string().nullish(),
  expression: z.string().nullish(),
  default_value: z.union([scalar, z.array(scalar)]).nullish(),
  append: z.boolean().nullish(),
  scope: z.enum(['process', 'container', 'cgroup']).nullish(),
})

const action = z.looseObject({ filter: z.string().nullish(), set: set.nullish() })

/** One thing a rule does when it matches. What sets variables is understood; the rest is kept as it is. */
export type PolicyAction = z.infer<typeof action>

const id = z.string('needs an [id]').regex(/^\w+$/, 'an id is made of letters, digits and _')

const common = {
  id,
  description: z.string().nullish().transform((value) => value ?? ''),
  agent_version: z.string().nullish().transform((value) => value ?? null),
  filters: list(z.string()),
}

export const MACRO = z
  .object({
    ...common,
    expression: z.string().nullish().transform((value) => value ?? null),
    values: z.array(z.union([z.string(), z.number()])).nullish().transform((value) => value ?? null),
    combine: z.enum(['merge', 'override']).nullish().or(z.literal('').transform(() => null)).transform((value) => value ?? null),
  })
  .refine((macro) => (macro.expression === null) !== (macro.values === null), 'needs either [expression] or [values]')

export type PolicyMacro = z.infer<typeof MACRO>

export const RULE = z.object({
  ...common,
  version: scalar.nullish().transform((value) => (value === null || value === undefined ? null : String(value))),
  expression: z.string().nullish().transform((value) => value ?? null),
  tags: z.record(z.string(), scalar).nullish().transform((value) => Object.fromEntries(Object.entries(value ?? {}).map(([k, v]) => [k, String(v)]))),
  product_tags: list(z.string()),
  disabled: z.boolean().nullish().transform((value) => value ?? false),
  combine: z.enum(['override']).nullish().or(z.literal('').transform(() => null)).transform((value) => value ?? null),
  override_options: z
    .looseObject({ fields: list(z.enum(['all', 'expression', 'actions', 'every', 'tags', 'product_tags'])) })
    .nullish()
    .transform((value) => value?.fields ?? []),
  /** Milliseconds that must pass before the rule speaks again. */
  every: z
    .union([z.string().regex(DURATION, 'a duration is written 30s, 5m or 1h'), z.number()])
    .nullish()
    .transform((value) => (value === null || value === undefined ? null : toMilliseconds(value))),
  limiter_token: list(z.string()),
  silent: z.boolean().nullish().transform((value) => value ?? false),
  group_id: z.string().nullish().transform((value) => value ?? null),
  actions: list(action),
})

export type PolicyRule = z.infer<typeof RULE>

/** A bare number is of nanoseconds, as Go writes a duration. */
function toMilliseconds(value: string | number): number {
  if (typeof value === 'number') return value / 1e6
  const [, digits = '0', unit = 's'] = DURATION.exec(value) ?? []
  return Number(digits) * (UNIT_MS[unit] ?? 0)
}

export const TOP = z.object({
  version: z.union([z.string(), z.number()], 'it has no version'),
  macros: z.array(z.unknown()).nullish().transform((value) => value ?? undefined),
  rules: z.array(z.unknown()).nullish().transform((value) => value ?? undefined),
})
