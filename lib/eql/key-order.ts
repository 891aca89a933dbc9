import { compareIp, parseIp } from '@/lib/lang/ip-address'
import { compareText } from '@/lib/lang/text-order'
import type { KeyValue } from './join-key'

/** Nulls first, then by type, then by value: text by its bytes. */
const TYPE_RANK: Readonly<Record<string, number>> = { object: 0, boolean: 1, number: 2, string: 3 }

function compareValues(a: KeyValue, b: KeyValue, isIp: boolean): number {
  if (a === b) return 0
  const rank = (TYPE_RANK[typeof a] ?? 0) - (TYPE_RANK[typeof b] ?? 0)
  if (rank !== 0) return rank
  if (typeof a !== 'string' || typeof b !== 'string') return Number(a) - Number(b)
  const left = isIp ? parseIp(a) : null
  const right = isIp ? parseIp(b) : null
  return left && right ? compareIp(left, right) : compareText(a, b)
}

/** The order of join keys, component by component; `ips` says which components are addresses and so ordered by value. */
export function compareKeys(a: readonly KeyValue[], b: readonly KeyValue[], ips: readonly boolean[] = []): number {
  for (const [i, value] of a.entries()) {
    const order = compareValues(value, b[i] ?? null, ips[i] ?? false)
    if (order !== 0) return order
  }
  return 0
}
