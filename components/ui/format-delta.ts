function pad(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

function seconds(ms: number): string {
  // Two decimals, three when the third says something: 1.00 s and 1.001 s are on different sides of a maxspan of 1 s.
  const text = (Math.round(ms) / 1000).toFixed(3)
  return `${text.endsWith('0') ? text.slice(0, -1) : text} s`
}

function magnitude(ms: number): string {
  if (ms === 0) return '0 ms'
  if (ms < 1) return `${Math.round(ms * 1000)} µs`
  if (ms < 100) return `${Number.isInteger(ms) ? ms : ms.toFixed(ms < 10 ? 1 : 0)} ms`
  if (ms < 60_000) return seconds(ms)
  const whole = Math.round(ms / 1000)
  const days = Math.floor(whole / 86_400)
  const hours = Math.floor((whole % 86_400) / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  if (days > 0) return `${days} d ${hours} h`
  if (hours > 0) return `${hours} h ${pad(minutes)} min`
  return `${minutes} min ${pad(whole % 60)} s`
}

/**
 * A span of time for a person, in the unit that fits: `412 µs`, `12 ms`, `0.41 s`, `4 min 05 s`, `2 h 03 min`, `3 d 4 h`.
 * `ms` is in milliseconds and may have a fraction. With `sign` a span that is a difference says its direction: `+12 ms`.
 */
export function formatDelta(ms: number, { sign = false }: { sign?: boolean } = {}): string {
  if (!Number.isFinite(ms)) return '–'
  const text = magnitude(Math.abs(ms))
  if (ms < 0) return `−${text}`
  return sign ? `+${text}` : text
}
