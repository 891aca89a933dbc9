/**
 * Finds the hits in answers of Elasticsearch's search API (`{"took":…,"hits":{"hits":[…]}}`), in whatever pieces they come: what stands
 * around them is passed over and nothing of it is held.
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const COMMA = 0x2c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d

/** The key of the hits, and of what they stand in. */
const HITS = 'hits'
/** With which of its keys such an answer begins. No document of an event begins with one. */
const FIRST_KEYS: ReadonlySet<string> = new Set(['took', 'timed_out', '_shards', '_scroll_id', 'pit_id', 'num_reduce_phases', 'terminated_early', '_clusters', HITS])
/** Bytes within which the first key of an object stands. */
const KEY_BYTES = 128

/** Whether an object begins as such an answer does; null while too few bytes are there to tell. */
export function beginsLikeAnswer(bytes: Buffer, start: number, complete: boolean): boolean | null {
  const head = bytes.toString('latin1', start, start + KEY_BYTES)
  const key = /^\{\s*"([^"]*)"/.exec(head)?.[1]
  if (key !== undefined) return FIRST_KEYS.has(key)
  return complete || head.length === KEY_BYTES || /^\{\s*[^"\s]/.test(head) ? false : null
}

/** Walks over answers, one behind the other. The hits themselves it is not given. */
export class HitsFinder {
  #depth = 0
  #inString = false
  #escaped = false
  /** The beginning of the string that was read last, long enough to know the one that is looked for. */
  #text = ''
  #key = ''
  #inHits = false
  #found = false
  /** Objects that ended without hits. */
  without = 0

  /** The place behind the bracket that opens hits, or -1 when there is none from here on. Called again where the closing one was passed. */
  find(bytes: Buffer, from: number): number {
    for (let i = from; i < bytes.length; i++) {
      const c = bytes[i] ?? 0
      if (this.#inString) this.#readString(c)
      else if (c === QUOTE) {
        this.#inString = true
        this.#text = ''
      } else if (c === COLON) this.#key = this.#text
      else if (c === COMMA) this.#key = ''
      else if (c === OPEN_OBJECT || c === OPEN_ARRAY) {
        const isHits = this.#key === HITS
        this.#key = ''
        if (isHits && this.#inHits && this.#depth === 2 && c === OPEN_ARRAY) {
          this.#found = true
          return i + 1
        }
        if (this.#depth++ === 1) this.#inHits = isHits && c === OPEN_OBJECT
      } else if (c === CLOSE_OBJECT || c === CLOSE_ARRAY) this.#close()
    }
    return -1
  }

  #readString(c: number): void {
    if (this.#escaped) this.#escaped = false
    else if (c === BACKSLASH) this.#escaped = true
    else if (c === QUOTE) {
      this.#inString = false
      return
    }
    if (this.#text.length <= HITS.length) this.#text += String.fromCharCode(c)
  }

  #close(): void {
    if (this.#depth === 0) return
    this.#depth--
    if (this.#depth > 0) return
    if (!this.#found) this.without++
    this.#found = false
    this.#inHits = false
  }
}
