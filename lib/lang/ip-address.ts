/**
 * An address as sixteen bytes in two bigints would be slow to make; four 32-bit words compare fast and need no allocation
 * beyond the tuple. IPv4 is held in its IPv6-mapped form (::ffff:a.b.c.d), as Lucene's ip field does.
 */
export type IpWords = readonly [number, number, number, number]

const MAPPED = 0xffff

function parseIpv4(text: string): number | null {
  let value = 0
  let parts = 0
  let at = 0
  while (parts < 4) {
    let digits = 0
    let part = 0
    while (at < text.length) {
      const c = text.charCodeAt(at) - 48
      if (c < 0 || c > 9) break
      part = part * 10 + c
      if (++digits > 3) return null
      at++
    }
    // A leading zero might mean octal to someone: no parser that Elasticsearch uses accepts one.
    if (digits === 0 || part > 255 || (digits > 1 && text.charCodeAt(at - digits) === 48)) return null
    value = value * 256 + part
    parts++
    if (parts < 4) {
      if (text.charCodeAt(at) !== 46) return null
      at++
    }
  }
  return at === text.length ? value : null
}

function parseGroups(text: string): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes('.')) {
      const v4 = parseIpv4(part)
      if (v4 === null) return null
      groups.push(Math.floor(v4 / 65_536), v4 % 65_536)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null
      groups.push(Number.parseInt(part, 16))
    }
  }
  return groups
}

/** Parses an IPv4 or IPv6 address (a zone such as `%eth0` is not part of one); null when the text is not an address. */
export function parseIp(text: string): IpWords | null {
  if (text.length > 45 || text.length < 2) return null
  if (!text.includes(':')) {
    const v4 = parseIpv4(text)
    return v4 === null ? null : [0, 0, MAPPED, v4]
  }
  const halves = text.split('::')
  if (halves.length > 2) return null
  const head = parseGroups(halves[0] ?? '')
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '') : []
  if (!head || !tail) return null
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const all = [...head, ...Array.from({ length: missing }, () => 0), ...tail]
  const word = (i: number) => (all[i] ?? 0) * 65_536 + (all[i + 1] ?? 0)
  return [word(0), word(2), word(4), word(6)]
}

export function compareIp(a: IpWords, b: IpWords): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3]
}

/** The one spelling of an address: dotted for IPv4 (mapped included), RFC 5952 for IPv6. */
export function formatIp(ip: IpWords): string {
  if (ip[0] === 0 && ip[1] === 0 && ip[2] === MAPPED) {
    return [24, 16, 8, 0].map((shift) => (ip[3] >>> shift) & 255).join('.')
  }
  const groups = ip.flatMap((w) => [Math.floor(w / 65_536), w % 65_536])
  let bestStart = -1
  let bestLength = 1
  for (let i = 0; i < 8; i++) {
    let j = i
    while (j < 8 && groups[j] === 0) j++
    if (j - i > bestLength) {
      bestStart = i
      bestLength = j - i
    }
    if (j > i) i = j
  }
  const hex = (part: readonly number[]) => part.map((g) => g.toString(16)).join(':')
  if (bestStart < 0) return hex(groups)
  return `${hex(groups.slice(0, bestStart))}::${hex(groups.slice(bestStart + bestLength))}`
}

export interface CidrBlock {
  readonly low: IpWords
  readonly high: IpWords
}

/** Parses `address/bits`, or a bare address as a block of one. Host bits may be set (`10.6.48.157/8` is 10.0.0.0/8). */
export function parseCidr(text: string): CidrBlock | null {
  const slash = text.indexOf('/')
  const address = parseIp(slash < 0 ? text : text.slice(0, slash))
  if (!address) return null
  if (slash < 0) return { low: address, high: address }
  const bitsText = text.slice(slash + 1)
  if (!/^\d{1,3}$/.test(bitsText)) return null
  const v4 = !text.slice(0, slash).includes(':')
  const bits = Number(bitsText) + (v4 ? 96 : 0)
  if (Number(bitsText) > (v4 ? 32 : 128)) return null
  const low: number[] = []
  const high: number[] = []
  for (let w = 0; w < 4; w++) {
    const fixed = Math.min(32, Math.max(0, bits - w * 32))
    const size = 2 ** (32 - fixed)
    const base = Math.floor((address[w] ?? 0) / size) * size
    low.push(base)
    high.push(base + size - 1)
  }
  return { low: words(low), high: words(high) }
}

function words(list: readonly number[]): IpWords {
  return [list[0] ?? 0, list[1] ?? 0, list[2] ?? 0, list[3] ?? 0]
}

export function blockContains(block: CidrBlock, ip: IpWords): boolean {
  return compareIp(block.low, ip) <= 0 && compareIp(ip, block.high) <= 0
}
