/** How far a transfer was at a moment: bytes and events taken in so far, time in milliseconds. */
export interface Sample {
  readonly at: number
  readonly bytes: number
  readonly events: number
}

export interface Rate {
  readonly bytesPerSecond: number
  readonly eventsPerSecond: number
  /** Until all bytes are taken in at this rate; null while that cannot be told. */
  readonly secondsLeft: number | null
}

/** The window over which a rate is told: shorter jumps, longer lags behind. */
const WINDOW_MS = 6000
/** A rate of the first moments would promise too much. */
const LEAST_MS = 600

/** Adds a sample and drops those that the window has left behind, all but the newest of them. */
export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const all = [...samples, sample]
  const first = all.findIndex((one) => sample.at - one.at <= WINDOW_MS)
  return all.slice(Math.max(0, first - 1))
}

/** The rate over the window, and what is left of `size` bytes at that rate; null when too little was seen. */
export function rateOf(samples: readonly Sample[], size: number): Rate | null {
  const [oldest] = samples
  const newest = samples.at(-1)
  if (oldest === undefined || newest === undefined || newest.at - oldest.at < LEAST_MS) return null
  const seconds = (newest.at - oldest.at) / 1000
  const bytesPerSecond = (newest.bytes - oldest.bytes) / seconds
  const left = Math.max(0, size - newest.bytes)
  return {
    bytesPerSecond,
    eventsPerSecond: (newest.events - oldest.events) / seconds,
    secondsLeft: bytesPerSecond > 0 ? left / bytesPerSecond : null,
  }
}
