import type { Classification } from './classify'
import type { AuditRecord } from './record'

/** What SELinux, AppArmor or another security module decided. */
export interface Decision {
  readonly result: 'denied' | 'granted' | null
  /** What was asked for: `name_connect`; of AppArmor the letters of its masks. */
  readonly permissions: readonly string[]
  /** What came of it: something that was only logged was let through. */
  readonly outcome: 'success' | 'failure' | undefined
}

const TYPES = /^(?:AVC|USER_AVC|APPARMOR(?:_[A-Z]+)?|SELINUX_ERR|USER_SELINUX_ERR|LANDLOCK_ACCESS|1107|1400)$/
const AVC = /(?:^|[\s'"])avc:\s{1,8}(denied|granted)\s{1,8}\{([^{}]{0,4096})\}/
const APPARMOR: ReadonlyMap<string, Decision['outcome']> = new Map([
  ['DENIED', 'failure'],
  ['KILLED', 'failure'],
  ['ERROR', 'failure'],
  ['ALLOWED', 'success'],
  ['COMPLAIN', 'success'],
  ['AUDIT', 'success'],
])

/** Reads the decision of a record; null when it is about none. */
export function decisionOf(record: AuditRecord): Decision | null {
  if (!TYPES.test(record.type)) return null
  const avc = AVC.exec(record.body)
  if (avc !== null) {
    const denied = avc[1] === 'denied'
    const permissive = record.word('permissive') === '1'
    return {
      result: denied ? 'denied' : 'granted',
      permissions: (avc[2] ?? '').split(/\s+/).filter((word) => word !== ''),
      outcome: denied && !permissive ? 'failure' : 'success',
    }
  }
  const apparmor = record.text('apparmor')?.toUpperCase()
  if (apparmor !== undefined) {
    const outcome = APPARMOR.get(apparmor)
    const mask = record.text('denied_mask') ?? record.text('requested_mask')
    const named = outcome === 'failure' ? 'denied' : outcome === undefined ? null : 'granted'
    return { result: named, permissions: mask === undefined ? [] : mask.split(/\s+/).filter((word) => word !== ''), outcome }
  }
  const word = record.word('seresult') ?? record.word('action') ?? (record.word('blockers') === undefined ? undefined : 'denied')
  if (word === 'denied') return { result: 'denied', permissions: [], outcome: 'failure' }
  return word === 'granted' ? { result: 'granted', permissions: [], outcome: 'success' } : null
}

const FILES = /^(?:file|dir|lnk_file|chr_file|blk_file|sock_file|fifo_file|anon_inode|filesystem)$/
const SOCKETS = /(?:socket|^packet|^peer|^netif|^node)$/
const NETWORK_OPERATIONS = /^(?:create|connect|bind|listen|accept|sendmsg|recvmsg|sendfile|getsockname|getpeername|setsockopt|getsockopt)$/

/** What the decision is about, in ECS: a file, a socket, or what a process may do. */
export function classifyDecision(record: AuditRecord, { result }: Decision): Classification {
  const action = record.type.toLowerCase()
  const object = record.word('tclass') ?? record.word('class') ?? ''
  const operation = record.text('operation') ?? ''
  if (SOCKETS.test(object) || (record.value('family') !== undefined && NETWORK_OPERATIONS.test(operation))) {
    return { action, category: ['network'], type: [result === 'denied' ? 'denied' : 'allowed'] }
  }
  if (FILES.test(object) || decidedFile(record) !== undefined) return { action, category: ['file'], type: ['access'] }
  return { action, category: ['process'], type: ['info'] }
}

/** The file that the decision is about, where it is told with its directory. */
export function decidedFile(record: AuditRecord): string | undefined {
  return [record.text('path'), record.value('apparmor') === undefined ? undefined : record.text('name')].find((path) => path?.startsWith('/') === true)
}

/** The other end of the socket that the decision is about. */
export function decidedPeer(record: AuditRecord): { readonly ip?: string; readonly address?: string; readonly port?: number } | undefined {
  const ip = record.word('daddr') ?? record.word('faddr')
  const port = record.word('dest') ?? record.word('fport')
  const address = ip !== undefined && /^[\da-fA-F:.]{2,45}$/.test(ip) ? { ip, address: ip } : {}
  if (port === undefined || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) return 'ip' in address ? address : undefined
  return { ...address, port: Number(port) }
}
