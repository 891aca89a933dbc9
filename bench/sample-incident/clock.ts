/** Midnight of the day of the incident, in milliseconds since 1970. */
export const DAY = Date.UTC(2026, 10, 3)

/** Milliseconds into the day of the incident, from "HH:MM:SS" or "HH:MM:SS.mmm". */
export function clock(text: string): number {
  const [hours = '0', minutes = '0', seconds = '0'] = text.split(':')
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000)
}

/** The moment as the agent writes it, with seven digits after the second. */
export function stamp(ms: number): string {
  const ticks = Math.round((ms % 1) * 10_000)
  return `${new Date(DAY + Math.floor(ms)).toISOString().slice(0, -1)}${String(ticks).padStart(4, '0')}Z`
}
