/**
 * lib/find: one search over everything with a name: alerts, cases, exceptions, rules, and what alerts are about (hosts, users,
 * roles, programs, pids, hashes, addresses).
 */
import { z } from 'zod'
import { OBSERVABLE_KINDS } from '@/lib/ecs/observables'
import { LIMITS } from '@/lib/limits'

export const FOUND_KINDS = ['alert', 'case', 'exception', 'rule', ...OBSERVABLE_KINDS] as const
export type FoundKind = (typeof FOUND_KINDS)[number]

/** One result. Its labels are telemetry as it came: whoever shows them makes hidden characters visible. */
export const foundSchema = z.object({
  kind: z.enum(FOUND_KINDS),
  /** What it is called: `A-12`, a host's name, a rule's name. */
  label: z.string(),
  /** The sentence of an alert, the title of a case, the reason for an exception. */
  detail: z.string().nullable(),
  /** Alerts that name it, retracted ones left out; null where that is not counted. */
  alerts: z.number().int().nonnegative().nullable(),
  /** What identifies it: a row id, a rule's id, an observable's value. */
  id: z.string(),
})
export type Found = z.infer<typeof foundSchema>

export const findResponse = z.object({ query: z.string(), found: z.array(foundSchema) })
export type FindResponse = z.infer<typeof findResponse>

export const findQuery = z.string().trim().min(1, 'Type something to look for.').max(LIMITS.findLength, `At most ${LIMITS.findLength} characters are looked for.`)
