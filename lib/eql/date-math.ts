import { parseTimestamp } from '@/lib/ecs/timestamp'
import type { Timestamp } from '@/lib/ecs/timestamp'

const UNIT = /([+\-/])(\d*)([yMwdhHms])/y

/** Whether a text is Elasticsearch's date math: `now-10m`, `now/d`, `2026-01-01||+1M/d`. */
export function isDateMath(text: string, parse?: (text: string) => Timestamp | null): boolean {
  return evaluateDateMath(text, 0, parse) !== null
}

/**
 * Computes date math in UTC. `now` is given by the caller (milliseconds): this layer has no clock. Rounding (`/d`) goes
 * down. Null when the text is not date math. `parse` reads the date before `||`.
 */
export function evaluateDateMath(text: string, now: number, parse: (text: string) => Timestamp | null = parseTimestamp): Timestamp | null {
  let base: Timestamp | null
  let at: number
  if (text.startsWith('now')) {
    base = { ms: now, ns: 0 }
    at = 3
  } else {
    const bar = text.indexOf('||')
    if (bar < 0) return null
    base = parse(text.slice(0, bar))
    at = bar + 2
  }
  if (!base) return null
  const date = new Date(base.ms)
  let ns = base.ns
  while (at < text.length) {
    UNIT.lastIndex = at
    const match = UNIT.exec(text)
    if (!match) return null
    const [whole, sign, count = '', unit = ''] = match
    if (sign === '/') {
      if (count !== '') return null
      roundDown(date, unit)
      ns = 0
    } else shift(date, (sign === '-' ? -1 : 1) * (count === '' ? 1 : Number(count)), unit)
    at += whole.length
  }
  return Number.isFinite(date.getTime()) ? { ms: date.getTime(), ns } : null
}

const UNIT_MS: Readonly<Record<string, number>> = { w: 604_800_000, d: 86_400_000, h: 3_600_000, H: 3_600_000, m: 60_000, s: 1_000 }

function shift(date: Date, count: number, unit: string): void {
  if (unit === 'y') date.setUTCFullYear(date.getUTCFullYear() + count)
  else if (unit === 'M') date.setUTCMonth(date.getUTCMonth() + count)
  else date.setTime(date.getTime() + count * (UNIT_MS[unit] ?? 0))
}

function roundDown(date: Date, unit: string): void {
  if (unit === 'y') date.setTime(Date.UTC(date.getUTCFullYear(), 0))
  else if (unit === 'M') date.setTime(Date.UTC(date.getUTCFullYear(), date.getUTCMonth()))
  else if (unit === 'w') {
    const day = Math.floor(date.getTime() / 86_400_000)
    // 1 January 1970 was a Thursday; weeks begin on Monday.
    date.setTime((day - ((((day + 3) % 7) + 7) % 7)) * 86_400_000)
  } else {
    const size = UNIT_MS[unit] ?? 1
    date.setTime(Math.floor(date.getTime() / size) * size)
  }
}
