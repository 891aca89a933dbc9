import type { EcsEvent } from '@/lib/ecs/event'
import { compareTimestamps } from '@/lib/ecs/timestamp'
import type { Timestamp } from '@/lib/ecs/timestamp'
import { scalarsOf } from './column'
import type { Column } from './column'
import { compareTiebreakers } from './sequence'
import { asDate, asNumber, comparisonKind } from './value-tests'

/** The time of an event: of several values the earliest, as Elasticsearch sorts by it. Null when it has none. */
export function timeOf(event: EcsEvent, column: Column): Timestamp | null {
  let earliest: Timestamp | null = null
  for (const value of scalarsOf(column.read(event))) {
    const date = asDate(value, column)
    if (date && (!earliest || compareTimestamps(date, earliest) < 0)) earliest = date
  }
  return earliest
}

/** What orders events of one time: of several values the least. */
export function tiebreakerOf(event: EcsEvent, column: Column): number | string | null {
  let least: number | string | null = null
  for (const found of scalarsOf(column.read(event))) {
    const value = comparisonKind(column) === 'number' ? (asNumber(found) ?? found) : found
    if (typeof value !== 'boolean' && (least === null || compareTiebreakers(value, least) < 0)) least = value
  }
  return least
}
