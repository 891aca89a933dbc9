import type { SeclInt } from './int64'

/** A value as an event has it. Moments are nanoseconds since 1970, addresses are text. */
export type SeclScalar = string | number | bigint | boolean
export type SeclValue = SeclScalar | readonly SeclScalar[]

/**
 * One event as an expression sees it. A field that is not there answers undefined, and the language makes "", 0, false or
 * an empty array of it: there is no null.
 */
export interface SeclContext {
  /** The event's own time: what "younger than" is measured from, also when it is replayed years later. */
  readonly now: SeclInt
  /** Whether the event is of this type; one record may be several (a request to the metadata service is a connection too). */
  readonly isEvent: (type: string) => boolean
  readonly read: (field: string) => SeclValue | undefined
  /** How many elements a list has; ancestors are counted from the nearest. */
  readonly count: (iterator: string) => number
  /** A field of one element, by its full name: `readAt('process.ancestors', 0, 'process.ancestors.comm')`. */
  readonly readAt: (iterator: string, index: number, field: string) => SeclValue | undefined
  /** A variable by its name without `${}`; undefined leaves it at its declared value. */
  readonly variable: (name: string) => SeclValue | undefined
}
