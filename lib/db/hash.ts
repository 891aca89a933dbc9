import { withoutLife } from '@/lib/ecs/process-id'

/**
 * A 53-bit hash of a string (Math.imul mixing in two 32-bit lanes), as a number SQLite stores in an INTEGER. Indexes on
 * such numbers cost a fraction of indexes on long random text; readers compare the text as well, so a collision costs a
 * look, never a wrong answer.
 */
export function hash53(text: string, seed = 0): number {
  return finish(mix({ a: 0xdeadbeef ^ seed, b: 0x41c6ce57 ^ seed }, text))
}

/** The two lanes of a hash that goes on. */
interface Lanes {
  readonly a: number
  readonly b: number
}

function mix(lanes: Lanes, text: string): Lanes {
  let { a, b } = lanes
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    a = Math.imul(a ^ c, 2654435761)
    b = Math.imul(b ^ c, 1597334677)
  }
  return { a, b }
}

function finish(lanes: Lanes): number {
  let { a, b } = lanes
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (2097151 & b) + (a >>> 0)
}

/** What a beginning adds to a hash is kept: events of a fleet come from few hosts and agents, in turns. */
class Beginnings {
  readonly #seed: number
  readonly #known = new Map<string, Lanes>()

  constructor(seed: number) {
    this.#seed = seed
  }

  /** The lanes after a text and a NUL. */
  after(text: string): Lanes {
    let lanes = this.#known.get(text)
    if (!lanes) {
      lanes = mix({ a: 0xdeadbeef ^ this.#seed, b: 0x41c6ce57 ^ this.#seed }, `${text}\u0000`)
      if (this.#known.size === BEGINNINGS) this.#known.clear()
      this.#known.set(text, lanes)
    }
    return lanes
  }
}

const BEGINNINGS = 1_000
const OTHER_SEED = 0x9e3779b9
const ofHost = new Beginnings(0)
const ofName = new Beginnings(0)
const ofNameAgain = new Beginnings(OTHER_SEED)

/** Two independent hashes of a name and what gave it, in one pass. */
export function nameHashes(giver: string, name: string): readonly [number, number] {
  let { a, b } = ofName.after(giver)
  let { a: c, b: d } = ofNameAgain.after(giver)
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
    c = Math.imul(c ^ code, 2654435761)
    d = Math.imul(d ^ code, 1597334677)
  }
  return [finish({ a, b }), finish({ a: c, b: d })]
}

/** The key under which a process of a host is indexed; the lives of one pid share theirs. */
export function entityKey(hostId: string, entityId: string): number {
  return finish(mix(ofHost.after(hostId), withoutLife(entityId)))
}
