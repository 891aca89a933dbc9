const STEPS: ReadonlyArray<readonly [limit: number, unit: number, name: string]> = [
  [60_000, 1000, 's'],
  [3_600_000, 60_000, 'min'],
  [86_400_000, 3_600_000, 'h'],
  [86_400_000 * 60, 86_400_000, 'd'],
  [86_400_000 * 730, 86_400_000 * 30.44, 'mo'],
]

/** Two clocks that are kept differ by no more, and a page's own clock ticks every ten seconds. */
const CLOCK_SKEW_MS = 120_000

/**
 * How far an instant lies from now: `just now`, `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`. Both are epoch milliseconds.
 * Rounds down, so that nothing is called older than it is. Only what `isPlanned` says is to come reads `in 3 d`: what was
 * recorded has happened, and a time ahead of this clock is another clock's error, `3 h ahead of this clock`.
 */
export function formatAge(then: number, now: number, isPlanned = false): string {
  const distance = Math.abs(now - then)
  if (!Number.isFinite(distance)) return '–'
  if (distance < 5000 || (!isPlanned && then > now && distance < CLOCK_SKEW_MS)) return 'just now'
  const [, unit, name] = STEPS.find(([limit]) => distance < limit) ?? [0, 86_400_000 * 365.25, 'y']
  const amount = `${Math.floor(distance / unit)} ${name}`
  if (then <= now) return `${amount} ago`
  return isPlanned ? `in ${amount}` : `${amount} ahead of this clock`
}
