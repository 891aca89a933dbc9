/** By what people look for alerts: the hosts, users, roles, programs, pids, hashes and addresses that an alert's records name. Pure. */
import { LIMITS } from '@/lib/limits'
import type { EcsEvent } from './event'
import { readValues } from './event'

export const OBSERVABLE_KINDS = ['host', 'user', 'role', 'program', 'pid', 'hash', 'address'] as const
export type ObservableKind = (typeof OBSERVABLE_KINDS)[number]

export const OBSERVABLE_LABELS: Readonly<Record<ObservableKind, string>> = {
  host: 'Host',
  user: 'User',
  role: 'Role',
  program: 'Program',
  pid: 'Pid',
  hash: 'Hash',
  address: 'Address',
}

export interface Observable {
  readonly kind: ObservableKind
  readonly value: string
}

const DIGESTS = ['md5', 'sha1', 'sha256'] as const

const FIELDS: Readonly<Record<Exclude<ObservableKind, 'role'>, readonly string[]>> = {
  host: ['host.name', 'host.hostname', 'host.id', 'host.ip'],
  user: ['user.name', 'process.user.name', 'user.effective.name', 'user.audit.name', 'process.parent.user.name'],
  program: ['process.name', 'process.executable', 'process.parent.name', 'process.parent.executable'],
  pid: ['process.pid', 'process.parent.pid'],
  hash: ['process', 'process.parent', 'file', 'dll'].flatMap((prefix) => DIGESTS.map((digest) => `${prefix}.hash.${digest}`)),
  address: ['destination.ip', 'destination.address', 'destination.domain', 'source.ip', 'source.address', 'dns.question.name'],
}

/** `pid:4711`, as it stands in addresses of pages. */
export function observableText({ kind, value }: Observable): string {
  return `${kind}:${value}`
}

/** What `observableText` wrote; null for anything else. */
export function parseObservable(text: string): Observable | null {
  const at = text.indexOf(':')
  const kind = OBSERVABLE_KINDS.find((name) => name === text.slice(0, at))
  const value = text.slice(at + 1)
  return kind === undefined || value === '' ? null : { kind, value }
}

/** The observables of records, each once, at most `LIMITS.alertObservables`; `role` is the one whose credentials were asked for. */
export function observablesOf(events: readonly EcsEvent[], role: string | null): readonly Observable[] {
  const found = new Map<string, Observable>()
  const add = (kind: ObservableKind, value: unknown): void => {
    if (typeof value !== 'string' && typeof value !== 'number') return
    const text = String(value)
    if (text === '' || text.length > LIMITS.observableLength || found.size >= LIMITS.alertObservables) return
    const observable = { kind, value: text }
    found.set(observableText(observable), observable)
  }
  add('role', role)
  for (const event of events) {
    for (const kind of OBSERVABLE_KINDS) {
      if (kind === 'role') continue
      for (const field of FIELDS[kind]) for (const value of readValues(event, field)) add(kind, value)
    }
  }
  return [...found.values()]
}
