import { formatIp, parseIp } from '@/lib/lang/ip-address'

/** Addresses that answer for an instance's or a task's credentials, in their one spelling, with who serves them. */
const METADATA_ADDRESSES: ReadonlyMap<string, string> = new Map([
  ['169.254.169.254', 'instance metadata service'],
  ['fd00:ec2::254', 'instance metadata service (AWS, IPv6)'],
  ['fd20:ce::254', 'instance metadata service (Google Cloud, IPv6)'],
  ['169.254.170.2', 'task credentials (AWS ECS)'],
  ['169.254.170.23', 'pod identity (AWS EKS)'],
  ['fd00:ec2::23', 'pod identity (AWS EKS, IPv6)'],
  ['100.100.100.200', 'instance metadata service (Alibaba Cloud)'],
])

/** What serves credentials at this address, in any of its spellings; null for every other address and for what is none. */
export function metadataService(address: string): string | null {
  const ip = parseIp(address)
  return ip ? (METADATA_ADDRESSES.get(formatIp(ip)) ?? null) : null
}
