import type { CidrBlock, IpWords } from '@/lib/lang/ip-address'
import { parseCidr } from '@/lib/lang/ip-address'
import { compareIp } from '@/lib/lang/ip-address'

const MAPPED = 0xffff

function isV4(ip: IpWords): boolean {
  return ip[0] === 0 && ip[1] === 0 && ip[2] === MAPPED
}

/** A block is of IPv4 when all of it is; `::/0` covers the mapped addresses and is of IPv6 all the same. */
function isV4Block(block: CidrBlock): boolean {
  return isV4(block.low) && isV4(block.high)
}

/** Whether two networks have an address in common. An address is a network of one; IPv4 and IPv6 never meet, mapped ones are IPv4. */
export function overlap(a: CidrBlock, b: CidrBlock): boolean {
  return isV4Block(a) === isV4Block(b) && compareIp(a.low, b.high) <= 0 && compareIp(b.low, a.high) <= 0
}

const parsed = new Map<string, CidrBlock | null>()
const CACHE = 4096

/** An address or network of an event; null when the text is neither. The same few addresses come again and again. */
export function readNetwork(text: string): CidrBlock | null {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const block = parseCidr(text)
  if (parsed.size >= CACHE) parsed.clear()
  parsed.set(text, block)
  return block
}
