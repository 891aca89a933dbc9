import { SEVERITIES, type Severity } from '@/lib/rules/schema'

export type SeverityCounts = Readonly<Record<Severity, number>>

/** Worst first: the order in which people read and bars are stacked from the top. */
export const WORST_FIRST: readonly Severity[] = SEVERITIES.toReversed()

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' }

/** The colour of a severity's mark, in light and dark. */
export const SEVERITY_COLORS: Readonly<Record<Severity, string>> = {
  low: 'var(--ll-low-mark)',
  medium: 'var(--ll-medium-mark)',
  high: 'var(--ll-high-mark)',
  critical: 'var(--ll-critical-mark)',
}

export function totalOf(counts: SeverityCounts): number {
  return SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0)
}
