import type { CidrBlock } from '@/lib/lang/ip-address'
import type { SeclScalar, SeclValue } from './context'
import { parseInt64, toInt64 } from './int64'
import type { SeclInt } from './int64'
import { readNetwork } from './network'

/** What the language makes of a value of an event: there is no null, so what is absent is "", 0 or false. */
export function toText(value: SeclScalar | undefined): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : String(value)
}

export function toInt(value: SeclScalar | undefined): SeclInt {
  if (typeof value === 'number' || typeof value === 'bigint') return toInt64(value)
  if (typeof value === 'boolean') return Number(value)
  return value === undefined ? 0 : (parseInt64(value) ?? 0)
}

export function toBool(value: SeclScalar | undefined): boolean {
  if (typeof value === 'string') return value === 'true'
  return Boolean(value)
}

/** Null for what is absent or no address: it meets no network. */
export function toNetwork(value: SeclScalar | undefined): CidrBlock | null {
  return typeof value === 'string' ? readNetwork(value) : null
}

/** A scalar field of which the event has several values shows the first. */
export function firstOf(value: SeclValue | undefined): SeclScalar | undefined {
  return typeof value === 'object' ? value[0] : value
}

/** An array field of which the event has one value is an array of one. */
export function allOf(value: SeclValue | undefined): readonly SeclScalar[] {
  if (value === undefined) return []
  return typeof value === 'object' ? value : [value]
}
