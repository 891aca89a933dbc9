import { isTimeZone, UTC } from '@/components/ui/format-instant'

/** The zone of all times. A cookie, so that the server writes them as the browser will. */
export const TIME_ZONE_COOKIE = 'll-time-zone'

/** Whether the navigation shows icons only. A cookie, so that the server already renders it so. */
export const NAV_COOKIE = 'll-nav'

/** The zone named in a cookie, or UTC when it names none that exists. */
export function zoneFromCookie(value: string | undefined): string {
  return value !== undefined && value.length < 64 && isTimeZone(value) ? value : UTC
}

/** Whether the cookie asks for the narrow navigation. */
export function isNavCollapsed(value: string | undefined): boolean {
  return value === 'collapsed'
}
