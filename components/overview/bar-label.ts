import { instantParts, UTC } from '@/components/ui/format-instant'

const DAY = 86_400_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function monthOf(date: string): string {
  return MONTHS[Number(date.slice(5, 7)) - 1] ?? ''
}

/**
 * What stands below a bar that begins at `from` and is `barMs` wide: a time for parts of a day, a day, or a month. Bars of
 * days are days of UTC, so their labels are too, whatever zone is chosen.
 */
export function barLabel(from: string, barMs: number, zone: string): string {
  const parts = instantParts(from, barMs >= DAY ? UTC : zone)
  if (!parts) return '–'
  const day = `${Number(parts.date.slice(8, 10))} ${monthOf(parts.date)}`
  if (barMs >= 28 * DAY) return `${monthOf(parts.date)} ${parts.date.slice(0, -6)}`
  if (barMs >= DAY) return day
  const time = parts.time.slice(0, 5)
  return time === '00:00' ? day : time
}

/** The whole span of a bar or of a row of bars, for a tooltip and for the table. */
export function barSpan(from: string, to: string, barMs: number, zone: string): string {
  const shown = barMs >= DAY ? UTC : zone
  const start = instantParts(from, shown)
  // A day is named by its own date, not by that of the midnight it ends at.
  const end = instantParts(barMs >= DAY ? Date.parse(to) - 1 : to, shown)
  if (!start || !end) return '–'
  if (barMs >= DAY) return start.date === end.date ? `${start.date} UTC` : `${start.date} to ${end.date} UTC`
  // The midnight at which a bar of some hours ends needs no date of its own.
  const endsTheDay = end.time.startsWith('00:00') && Date.parse(to) - Date.parse(from) < DAY
  const until = start.date === end.date || endsTheDay ? end.time.slice(0, 5) : `${end.date} ${end.time.slice(0, 5)}`
  return `${start.date} ${start.time.slice(0, 5)} to ${until} ${start.offset}`
}
