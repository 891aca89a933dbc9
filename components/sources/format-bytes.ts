const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** A number of bytes in the unit that fits, three digits at most: `0 B`, `812 B`, `1.5 KiB`, `24.3 MiB`, `112 GiB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '–'
  let unit = 0
  let amount = bytes
  // What would be rounded to 1024 is one of the next unit.
  while (amount >= 1023.5 && unit < UNITS.length - 1) {
    amount /= 1024
    unit++
  }
  const digits = unit === 0 || amount >= 99.95 ? 0 : 1
  return `${amount.toFixed(digits)} ${UNITS[unit] ?? ''}`
}
