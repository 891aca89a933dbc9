/**
 * XXH64 with seed 0, streaming: the checksum of zstd's frames (RFC 8878, 3.1.1). A 64-bit number is two 32-bit halves here,
 * since `bigint` is some twenty times slower than the decompression beside it.
 * https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */
const STRIPE = 32

/** High and low half of each of the five primes. */
const P1 = [0x9e3779b1, 0x85ebca87] as const
const P2 = [0xc2b2ae3d, 0x27d4eb4f] as const
const P3 = [0x165667b1, 0x9e3779f9] as const
const P4 = [0x85ebca77, 0xc2b2ae63] as const
const P5 = [0x27d4eb2f, 0x165667c5] as const

type Half = readonly [number, number]

/** The halves of the number that the last step answered: no pair is allocated for each of some millions of steps. */
let high = 0
let low = 0

function multiply(ah: number, al: number, [bh, bl]: Half): void {
  const a0 = al & 0xffff
  const a1 = al >>> 16
  const b0 = bl & 0xffff
  const b1 = bl >>> 16
  const mid = Math.imul(a1, b0) >>> 0
  const first = Math.imul(a0, b0) >>> 0
  const sum = (first >>> 16) + (mid & 0xffff) + (Math.imul(a0, b1) & 0xffff)
  const carried = (Math.imul(a1, b1) >>> 0) + (mid >>> 16) + (Math.imul(a0, b1) >>> 16) + (sum >>> 16)
  high = (carried + Math.imul(ah, bl) + Math.imul(al, bh)) | 0
  low = Math.imul(al, bl)
}

function add(ah: number, al: number, bh: number, bl: number): void {
  const sum = (al >>> 0) + (bl >>> 0)
  high = (ah + bh + (sum > 0xffff_ffff ? 1 : 0)) | 0
  low = sum | 0
}

/** By 1 to 31 bits. */
function rotate(bits: number): void {
  const turned = (high << bits) | (low >>> (32 - bits))
  low = (low << bits) | (high >>> (32 - bits))
  high = turned
}

function round(ah: number, al: number, lh: number, ll: number): void {
  multiply(lh, ll, P2)
  add(high, low, ah, al)
  rotate(31)
  multiply(high, low, P1)
}

export class Xxh64 {
  /** Four accumulators, high half before low. */
  readonly #lanes = new Int32Array(8)
  readonly #rest = Buffer.alloc(STRIPE)
  #resting = 0
  #length = 0

  constructor() {
    add(P1[0], P1[1], P2[0], P2[1])
    this.#lanes.set([high, low, P2[0], P2[1], 0, 0])
    add(~P1[0], ~P1[1], 0, 1)
    this.#lanes.set([high, low], 6)
  }

  update(bytes: Buffer): void {
    this.#length += bytes.length
    let at = 0
    if (this.#resting > 0) {
      at = bytes.copy(this.#rest, this.#resting, 0, STRIPE - this.#resting)
      this.#resting += at
      if (this.#resting < STRIPE) return
      this.#stripes(this.#rest, 0, STRIPE)
    }
    const end = bytes.length - ((bytes.length - at) % STRIPE)
    this.#stripes(bytes, at, end)
    this.#resting = bytes.copy(this.#rest, 0, end)
  }

  #stripes(bytes: Buffer, from: number, to: number): void {
    if (from === to) return
    // Words of 32 bits are read four times as fast as bytes; they have to begin at a multiple of four.
    const aligned = (bytes.byteOffset + from) % 4 === 0 ? bytes.subarray(from, to) : new Uint8Array(bytes.subarray(from, to))
    const words = new Int32Array(aligned.buffer, aligned.byteOffset, (to - from) / 4)
    for (let lane = 0; lane < 4; lane++) this.#lane(words, lane)
  }

  /** `round` for every word of one lane, written out: this is where the time goes. */
  #lane(words: Int32Array, lane: number): void {
    let h = this.#lanes[lane * 2] ?? 0
    let l = this.#lanes[lane * 2 + 1] ?? 0
    for (let at = lane * 2; at < words.length; at += 8) {
      // acc += word * P2
      const wl = words[at] ?? 0
      const w0 = wl & 0xffff
      const w1 = wl >>> 16
      const p = Math.imul(w1, 0xeb4f) >>> 0
      const q = Math.imul(w0, 0x27d4) >>> 0
      const r = ((Math.imul(w0, 0xeb4f) >>> 16) + (p & 0xffff) + (q & 0xffff)) | 0
      const ph = (Math.imul(w1, 0x27d4) + (p >>> 16) + (q >>> 16) + (r >>> 16) + Math.imul(words[at + 1] ?? 0, P2[1]) + Math.imul(wl, P2[0])) | 0
      const sum = (l >>> 0) + (Math.imul(wl, P2[1]) >>> 0)
      h = (h + ph + (sum > 0xffff_ffff ? 1 : 0)) | 0
      l = sum | 0
      // acc = rotl(acc, 31) * P1
      const th = (h << 31) | (l >>> 1)
      const tl = (l << 31) | (h >>> 1)
      const t0 = tl & 0xffff
      const t1 = tl >>> 16
      const u = Math.imul(t1, 0xca87) >>> 0
      const v = Math.imul(t0, 0x85eb) >>> 0
      const x = ((Math.imul(t0, 0xca87) >>> 16) + (u & 0xffff) + (v & 0xffff)) | 0
      h = (Math.imul(t1, 0x85eb) + (u >>> 16) + (v >>> 16) + (x >>> 16) + Math.imul(th, P1[1]) + Math.imul(tl, P1[0])) | 0
      l = Math.imul(tl, P1[1])
    }
    this.#lanes[lane * 2] = h
    this.#lanes[lane * 2 + 1] = l
  }

  /** The lower 32 bits of the digest, unsigned: what zstd keeps of it. */
  digest32(): number {
    this.#converge()
    add(high, low, Math.floor(this.#length / 0x1_0000_0000), this.#length | 0)
    this.#takeRest()
    low ^= high >>> 1
    // The upper half shifted by 33 reaches the lower half alone.
    multiply(high, low, P2)
    low ^= (high << 3) | (low >>> 29)
    high ^= high >>> 29
    // After the shift by 29 both halves are mixed; the last multiplication and shift follow.
    multiply(high, low, P3)
    return (low ^ high) >>> 0
  }

  #converge(): void {
    if (this.#length < STRIPE) {
      high = P5[0]
      low = P5[1]
      return
    }
    const lanes = this.#lanes
    let h = 0
    let l = 0
    for (const [at, bits] of [1, 7, 12, 18].entries()) {
      high = lanes[at * 2] ?? 0
      low = lanes[at * 2 + 1] ?? 0
      rotate(bits)
      add(high, low, h, l)
      h = high
      l = low
    }
    for (let at = 0; at < 8; at += 2) {
      round(0, 0, lanes[at] ?? 0, lanes[at + 1] ?? 0)
      multiply(h ^ high, l ^ low, P1)
      add(high, low, P4[0], P4[1])
      h = high
      l = low
    }
  }

  #takeRest(): void {
    const bytes = this.#rest
    let at = 0
    for (; at + 8 <= this.#resting; at += 8) {
      const h = high
      const l = low
      round(0, 0, bytes.readInt32LE(at + 4), bytes.readInt32LE(at))
      high ^= h
      low ^= l
      rotate(27)
      multiply(high, low, P1)
      add(high, low, P4[0], P4[1])
    }
    if (at + 4 <= this.#resting) {
      const h = high
      const l = low
      multiply(0, bytes.readInt32LE(at), P1)
      high ^= h
      low ^= l
      rotate(23)
      multiply(high, low, P2)
      add(high, low, P3[0], P3[1])
      at += 4
    }
    for (; at < this.#resting; at++) {
      const h = high
      const l = low
      multiply(0, bytes[at] ?? 0, P5)
      high ^= h
      low ^= l
      rotate(11)
      multiply(high, low, P1)
    }
  }
}
