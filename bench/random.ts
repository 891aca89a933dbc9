/** A small seeded generator (mulberry32): the same seed gives the same data on every machine. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  /** The front of a list more often than its end. */
  skewed<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() ** 2.5 * list.length)]!
  }

  hex(length: number): string {
    let text = ''
    while (text.length < length) text += this.below(0x1000000).toString(16).padStart(6, '0')
    return text.slice(0, length)
  }
}
