/** metadata-address: the one list of hosts that serve instance metadata or credentials, in whatever spelling a request names them. */
import { formatIp, parseIp } from '@/lib/lang/ip-address'

/** Whose metadata service speaks. `aws_ecs` and `aws_eks` hand out the credentials of a task or a pod instead of a machine. */
export type ImdsProvider =
  | 'aws'
  | 'aws_ecs'
  | 'aws_eks'
  | 'gcp'
  | 'azure'
  | 'oracle'
  | 'alibaba'
  | 'tencent'
  | 'huawei'
  | 'ibm'
  | 'digitalocean'
  | 'hetzner'
  | 'scaleway'
  | 'openstack'

export interface MetadataHost {
  /** null where several clouds share the address. */
  readonly provider: ImdsProvider | null
  /** What it serves, as a person names it. */
  readonly service: string
}

const SHARED: MetadataHost = { provider: null, service: 'instance metadata service' }
const service = (provider: ImdsProvider, text: string): MetadataHost => ({ provider, service: text })

/** By their one spelling, see `canonicalHost`. */
const METADATA_HOSTS: ReadonlyMap<string, MetadataHost> = new Map([
  ['169.254.169.254', SHARED],
  ['fe80::a9fe:a9fe', { provider: null, service: 'instance metadata service (link-local IPv6)' }],
  ['fd00:ec2::254', service('aws', 'instance metadata service (AWS, IPv6)')],
  ['instance-data', service('aws', 'instance metadata service (AWS)')],
  ['instance-data.ec2.internal', service('aws', 'instance metadata service (AWS)')],
  ['169.254.170.2', service('aws_ecs', 'task credentials (AWS ECS)')],
  ['169.254.170.23', service('aws_eks', 'pod identity (AWS EKS)')],
  ['fd00:ec2::23', service('aws_eks', 'pod identity (AWS EKS, IPv6)')],
  ['metadata', service('gcp', 'instance metadata service (Google Cloud)')],
  ['metadata.google.internal', service('gcp', 'instance metadata service (Google Cloud)')],
  ['metadata.goog', service('gcp', 'instance metadata service (Google Cloud)')],
  ['fd20:ce::254', service('gcp', 'instance metadata service (Google Cloud, IPv6)')],
  ['fd00:c1::a9fe:a9fe', service('oracle', 'instance metadata service (Oracle Cloud, IPv6)')],
  ['100.100.100.200', service('alibaba', 'instance metadata service (Alibaba Cloud)')],
  ['metadata.tencentyun.com', service('tencent', 'instance metadata service (Tencent Cloud)')],
  ['169.254.0.23', service('tencent', 'instance metadata service (Tencent Cloud)')],
  ['api.metadata.cloud.ibm.com', service('ibm', 'instance metadata service (IBM Cloud)')],
  ['169.254.42.42', service('scaleway', 'instance metadata service (Scaleway)')],
])

const ATON_PART = /^(?:0x0*[0-9a-f]{1,8}|\d{1,16})$/i

/** `2852039166`, `0xa9fea9fe`, `0251.0376.169.254`, `169.254.43518`: how C's inet_aton reads an address, as four numbers. */
function parseAton(text: string): string | null {
  const parts = text.split('.')
  if (parts.length > 4) return null
  const numbers: number[] = []
  for (const part of parts) {
    if (!ATON_PART.test(part)) return null
    numbers.push(/^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part))
  }
  const last = numbers.pop() ?? 0
  if (numbers.some((n) => n > 255) || last >= 256 ** (4 - numbers.length)) return null
  const value = numbers.reduce((sum, n, i) => sum + n * 256 ** (3 - i), 0) + last
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

// Services that answer for whatever address stands in the name: 169-254-169-254.nip.io, x.169.254.169.254.sslip.io, a9fea9fe.nip.io.
const WILDCARD_NAME = /(?:^|[.-])(?:(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})|([0-9a-f]{8}))\.(?:nip|sslip)\.io$/

function wildcardAddress(name: string): string | null {
  const match = WILDCARD_NAME.exec(name)
  if (!match) return null
  return match[5] === undefined ? match.slice(1, 5).join('.') : parseAton(`0x${match[5]}`)
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * A host's one spelling: lower case, decoded, no brackets, zone or trailing dot; an address as its four numbers, however many
 * it was written with and in whatever base, or as IPv6 is written. Pure.
 */
export function canonicalHost(host: string): string {
  const plain = percentDecoded(host.toLowerCase()).replace(/^\[(.*)\]$/, '$1').replace(/(?<=:.*)%.*$/, '').replace(/\.$/, '')
  const ip = plain.includes(':') ? parseIp(plain) : null
  if (ip) return formatIp(ip)
  return parseAton(plain) ?? wildcardAddress(plain) ?? plain
}

/** What the host serves, in any spelling; null when it is no metadata service. Names without a dot are ordinary words too. */
export function metadataHost(host: string): MetadataHost | null {
  return METADATA_HOSTS.get(canonicalHost(host)) ?? null
}

/** What serves credentials at this address or full name; null for every other, and for a word that only may be a host. */
export function metadataService(peer: string): string | null {
  return /[.:]/.test(peer) ? (metadataHost(peer)?.service ?? null) : null
}
