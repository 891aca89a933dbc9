import type { Expr } from '@/lib/secl'

/** The tree without its places, so that two texts of one meaning compare equal. */
export function withoutSpans(expr: Expr | null): unknown {
  return JSON.parse(JSON.stringify(expr, (key, value: unknown) => (key === 'span' ? undefined : typeof value === 'bigint' ? `${value}n` : value)))
}
