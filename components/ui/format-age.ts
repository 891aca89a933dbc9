const STEPS: ReadonlyArray<readonly [limit: number, unit: number, name: string]> = [
  [60_000, 1000, 's'],
  [3_600_000, 60_000, 'min'],
  [86_400_000, 3_600_000, 'h'],
  [86_400_000 * 60, 86_400_000, 'd'],
  [86_400_000 * 730, 86_400_000 * 30.44, 'mo'],
]

/**
 * How far an instant lies from now: `just now`, `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`, `in 3 d`.
 * Both are epoch milliseconds. Rounds down, so that nothing is called older than it is.
 */
export function formatAge(then: number, now: number): string {
  const distance = Math.abs(now - then)
  if (!Number.isFinite(distance)) return '–'
  if (distance < 5000) return 'just now'
  const [, unit, name] = STEPS.find(([limit]) => distance < limit) ?? [0, 86_400_000 * 365.25, 'y']
  const amount = `${Math.floor(distance / unit)} ${name}`
  return then > now ? `in ${amount}` : `${amount} ago`
}
