import { decodeHex, wholeNumber } from './text-value'

/** Whom a system call spoke to. */
export type SocketAddress =
  | { readonly family: 'inet' | 'inet6'; readonly ip: string; readonly port: number }
  | { readonly family: 'unix'; readonly path: string }
  | { readonly family: string; readonly other: true }

const INET = 2
const INET6 = 10
const UNIX = 1
const FAMILIES: ReadonlyMap<number, string> = new Map([
  [0, 'unspecified'],
  [16, 'netlink'],
  [17, 'packet'],
  [31, 'bluetooth'],
  [38, 'alg'],
  [40, 'vsock'],
])

/** Sixteen bytes in the one spelling of RFC 5952; an IPv4 address in IPv6's clothes is the IPv4 address it reaches. */
export function ipv6Text(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0))
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) return [...bytes.subarray(12, 16)].join('.')
  let best = { from: -1, length: 1 }
  for (let from = 0; from < 8; from++) {
    let length = 0
    while (from + length < 8 && words[from + length] === 0) length++
    if (length > best.length) best = { from, length }
  }
  const hex = words.map((word) => word.toString(16))
  if (best.from === -1) return hex.join(':')
  return `${hex.slice(0, best.from).join(':')}::${hex.slice(best.from + best.length).join(':')}`
}

function unixPath(bytes: Buffer): string {
  // A name that begins with NUL is in the abstract namespace, which tools write with an @.
  const abstract = bytes[0] === 0
  const from = abstract ? 1 : 0
  const end = bytes.indexOf(0, from)
  const name = bytes.subarray(from, end === -1 ? undefined : end).toString('utf8')
  // A length that was not cut to the name leaves NULs alone: there is none.
  return abstract && name !== '' ? `@${name}` : name
}

/**
 * Reads `saddr=`, the kernel's struct sockaddr in hex. The family has the machine's byte order, which the bytes themselves
 * tell: no family has a number above 255. Null when it is not hex or too short for what it says it is.
 */
export function readSocketAddress(saddr: string): SocketAddress | null {
  const bytes = decodeHex(saddr)
  if (!bytes || bytes.length < 2) return null
  const family = bytes[0] === 0 ? (bytes[1] ?? 0) : bytes[1] === 0 ? (bytes[0] ?? 0) : -1
  if (family === INET) {
    if (bytes.length < 8) return null
    return { family: 'inet', ip: [...bytes.subarray(4, 8)].join('.'), port: bytes.readUInt16BE(2) }
  }
  if (family === INET6) {
    if (bytes.length < 24) return null
    return { family: 'inet6', ip: ipv6Text(bytes.subarray(8, 24)), port: bytes.readUInt16BE(2) }
  }
  if (family === UNIX) return { family: 'unix', path: unixPath(bytes.subarray(2)) }
  return { family: FAMILIES.get(family) ?? `family ${family}`, other: true }
}

/**
 * Reads what auditd or `ausearch -i` made of it: `saddr_fam=inet laddr=192.0.2.1 lport=80` between braces, or the older
 * `inet host:192.0.2.1 serv:80`.
 */
export function readResolvedAddress(text: string): SocketAddress | null {
  const pick = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1]
  const family = pick(/(?:^|\s)(?:saddr_)?fam=([\w-]+)/) ?? pick(/^(\w+) (?:host|path):/)
  if (family === undefined) return null
  const ip = pick(/(?:laddr=|host:)([\da-fA-F:.]{2,45})(?=\s|$)/)
  const port = wholeNumber(pick(/(?:lport=|serv:)(\d{1,5})(?=\s|$)/))
  if ((family === 'inet' || family === 'inet6') && ip !== undefined && port !== undefined) {
    return { family, ip: ip.replace(/^::ffff:(?=\d+\.)/i, ''), port }
  }
  const path = pick(/path[=:](.+)$/)
  if (family === 'local' || family === 'unix') return { family: 'unix', path: path?.trim() ?? '' }
  return { family, other: true }
}
