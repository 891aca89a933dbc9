import { compareText } from '@/lib/lang/text-order'

/** ISO 8601 in UTC from milliseconds and the nanoseconds within: three fraction digits, more where the source gave more. */
export function isoInstant(ms: number, ns: number): string {
  const iso = new Date(ms).toISOString()
  return ns === 0 ? iso : `${iso.slice(0, -1)}${String(ns).padStart(6, '0').replace(/0+$/, '')}Z`
}

/** Orders such texts by time: without the Z a longer fraction comes after the shorter one it begins with. */
export function compareInstants(a: string, b: string): number {
  return compareText(a.replace(/Z$/, ''), b.replace(/Z$/, ''))
}
