/** When an exception ends, as it is chosen: never, some days from now, or a moment. */
export type Expiry = { readonly kind: 'never' } | { readonly kind: 'days'; readonly days: number } | { readonly kind: 'at'; readonly at: string }

export const EXPIRY_DAYS = [7, 30, 90] as const
const DAY_MS = 86_400_000

export function expiryOf(expiresAt: string | null): Expiry {
  return expiresAt === null ? { kind: 'never' } : { kind: 'at', at: expiresAt }
}

/** ISO 8601 in UTC, or null for never. What is no moment stays as it is, for the form's check to name. */
export function expiresAt(expiry: Expiry, now: number): string | null {
  if (expiry.kind === 'never') return null
  return expiry.kind === 'days' ? new Date(now + expiry.days * DAY_MS).toISOString() : expiry.at
}

/** A moment as an input of type datetime-local shows it (to the minute), in UTC or in the browser's own zone. */
export function toInputValue(iso: string, local: boolean): string {
  const ms = Date.parse(iso)
  if (Number.isNaN(ms)) return ''
  const shifted = local ? ms - new Date(ms).getTimezoneOffset() * 60_000 : ms
  return new Date(shifted).toISOString().slice(0, 16)
}

export function fromInputValue(value: string, local: boolean): string {
  const ms = Date.parse(local ? value : `${value}Z`)
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString()
}
