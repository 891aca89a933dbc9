import type { AuditEvent } from './audit-event'
import { readResolvedAddress, readSocketAddress } from './socket-address'
import type { SocketAddress } from './socket-address'

type Fields = Readonly<Record<string, unknown>>

/** The address of the event's SOCKADDR record, from its bytes or from what they were resolved to. */
export function socketAddress(event: AuditEvent): SocketAddress | null {
  const record = event.first('SOCKADDR')
  const saddr = record?.value('saddr')
  if (record === undefined || saddr === undefined) return null
  if (!record.header.interpreted) {
    const read = readSocketAddress(saddr.text)
    if (read !== null) return read
  }
  const resolved = record.header.interpreted ? saddr.text : record.resolved('saddr')
  return resolved === undefined ? null : readResolvedAddress(resolved)
}

/** `destination.*` or `source.*`, and the kind of network, of an address. */
export function peerFields(address: SocketAddress | null, side: 'source' | 'destination'): Fields {
  if (address === null) return {}
  if ('ip' in address) {
    const { ip, port } = address
    return { [side]: { ip, address: ip, port }, network: { type: ip.includes(':') ? 'ipv6' : 'ipv4' } }
  }
  // A socket without a name has no address.
  if ('path' in address) return { ...(address.path === '' ? {} : { [side]: { address: address.path } }), network: { type: 'unix' } }
  return { network: { type: address.family } }
}
