import type { Lacking } from '@/lib/ecs/enrich'
import type { ToldParent, ToldProcess } from '@/lib/ecs/told-process'
import type { PreparedLineage } from './event-batch'

/**
 * What events leave out and tell, as one row of numbers that goes from thread to thread without being copied. As objects it
 * would cost more than the storing: each is cloned, and kept alive until its batch is full. Texts are numbers into the
 * batch's strings, from 1; 0 is none, and so is NaN for a number.
 */

const KINDS = ['exec', 'fork', 'start', 'end', 'seen'] as const satisfies readonly ToldProcess['kind'][]
const LACKING = 1
const STARTS = 2
const SETTLED = 4
const UNDER_PIDS = 8
const FIRST_NUMBERS = 1_024

export class LineageWriter {
  readonly #intern: (text: string) => number
  #numbers = new Float64Array(FIRST_NUMBERS)
  #length = 0

  constructor(intern: (text: string) => number) {
    this.#intern = intern
  }

  add(at: number, { lacking, categories, asked, told, isSettled, underPids }: PreparedLineage): void {
    this.#put(at)
    this.#put((lacking === null ? 0 : LACKING) | (lacking?.starts === true ? STARTS : 0) | (isSettled ? SETTLED : 0) | (underPids ? UNDER_PIDS : 0))
    if (lacking !== null) {
      this.#put(lacking.lacks)
      this.#number(lacking.pid)
      this.#text(lacking.entityId)
      this.#number(lacking.parentPid)
      this.#text(lacking.parentEntityId)
    }
    this.#put(categories.length)
    for (const category of categories) this.#text(category)
    this.#put(asked.length)
    for (const { pid, ms } of asked) {
      this.#put(pid)
      this.#put(ms)
    }
    this.#put(told.length)
    for (const process of told) this.#process(process)
  }

  pack(): Float64Array<ArrayBuffer> {
    return this.#numbers.subarray(0, this.#length)
  }

  #process({ pid, kind, ms, rank, executable, name, entityId, parent }: ToldProcess): void {
    this.#put(pid)
    this.#put(KINDS.indexOf(kind))
    this.#put(ms)
    this.#put(rank)
    this.#text(executable)
    this.#text(name)
    this.#text(entityId)
    this.#put(parent === null ? 0 : 1)
    if (parent === null) return
    this.#number(parent.pid)
    this.#text(parent.entityId)
    this.#text(parent.executable)
    this.#text(parent.name)
  }

  #text(text: string | null): void {
    this.#put(text === null ? 0 : this.#intern(text) + 1)
  }

  #number(number: number | null): void {
    this.#put(number ?? Number.NaN)
  }

  #put(number: number): void {
    if (this.#length === this.#numbers.length) {
      const grown = new Float64Array(this.#length * 2)
      grown.set(this.#numbers)
      this.#numbers = grown
    }
    this.#numbers[this.#length++] = number
  }
}

/** Reads what was written, in the same order. */
export class LineageReader {
  readonly #numbers: Float64Array
  readonly #strings: readonly string[]
  #next = 0

  constructor(numbers: Float64Array, strings: readonly string[]) {
    this.#numbers = numbers
    this.#strings = strings
  }

  /** That of a record, or null when it has none. Records are asked for in order, each once. */
  take(at: number, hostId: string): PreparedLineage | null {
    if (this.#numbers[this.#next] !== at) return null
    this.#next++
    const flags = this.#take()
    const lacking = (flags & LACKING) === 0 ? null : this.#lacking(hostId, (flags & STARTS) !== 0)
    const categories = this.#list(() => this.#text() ?? '')
    const asked = this.#list(() => ({ pid: this.#take(), ms: this.#take() }))
    const told = this.#list(() => this.#process())
    return { lacking, categories, asked, told, isSettled: (flags & SETTLED) !== 0, underPids: (flags & UNDER_PIDS) !== 0 }
  }

  #lacking(hostId: string, starts: boolean): Lacking {
    return { lacks: this.#take(), hostId, pid: this.#number(), entityId: this.#text(), parentPid: this.#number(), parentEntityId: this.#text(), starts }
  }

  #process(): ToldProcess {
    return {
      pid: this.#take(),
      kind: KINDS[this.#take()] ?? 'seen',
      ms: this.#take(),
      rank: this.#take(),
      executable: this.#text(),
      name: this.#text(),
      entityId: this.#text(),
      parent: this.#take() === 0 ? null : this.#parent(),
    }
  }

  #parent(): ToldParent {
    return { pid: this.#number(), entityId: this.#text(), executable: this.#text(), name: this.#text() }
  }

  #list<Item>(read: () => Item): Item[] {
    const items: Item[] = []
    for (let left = this.#take(); left > 0; left--) items.push(read())
    return items
  }

  #text(): string | null {
    const number = this.#take()
    return number === 0 ? null : (this.#strings[number - 1] ?? null)
  }

  #number(): number | null {
    const number = this.#take()
    return Number.isNaN(number) ? null : number
  }

  #take(): number {
    return this.#numbers[this.#next++] ?? Number.NaN
  }
}
