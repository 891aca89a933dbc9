import { serializeQueue } from '@/components/alerts/queue-params'
import { observableText } from '@/lib/ecs/observables'
import { parseAlertRef } from '@/lib/alerts/schema'
import { parseCaseRef } from '@/lib/cases/schema'
import type { Found, FoundKind } from '@/lib/find/schema'

/** A result as the palette offers it. */
export interface FoundAction {
  readonly found: Found
  /** Where Enter leads. */
  readonly href: string
  /** The queue limited to it, where Shift with Enter leads; null where there is nothing to limit. */
  readonly filterHref: string | null
}

/** The headings of the palette, in its order. */
export const FOUND_GROUPS: Readonly<Record<FoundKind, string>> = {
  role: 'Roles',
  host: 'Hosts',
  user: 'Users',
  program: 'Programs',
  pid: 'Pids',
  hash: 'Hashes',
  address: 'Addresses',
  case: 'Cases',
  rule: 'Rules',
  exception: 'Exceptions',
  alert: 'Alerts',
}

const EVERY_STATUS = { status: ['all'] as 'all'[] }

function queue(filter: Parameters<typeof serializeQueue>[1]): string {
  return serializeQueue('/alerts', { ...EVERY_STATUS, ...filter })
}

export function foundAction(found: Found): FoundAction {
  const { kind, id } = found
  switch (kind) {
    case 'alert':
      return { found, href: `/alerts/A-${id}`, filterHref: queue({ q: `A-${id}` }) }
    case 'case':
      return { found, href: `/cases/C-${id}`, filterHref: queue({ case: `C-${id}` }) }
    case 'exception':
      return { found, href: `/exceptions/E-${id}`, filterHref: null }
    case 'rule':
      return { found, href: `/rules/${encodeURIComponent(id)}`, filterHref: queue({ rule: [id] }) }
    default: {
      const href = queue({ about: [observableText({ kind, value: id })] })
      return { found, href, filterHref: href }
    }
  }
}

/** What a reference such as `A-12` names, before the server is asked: whoever types one and presses Enter does not wait. */
export function referred(query: string): Found | null {
  const text = query.trim()
  const alert = parseAlertRef(text)
  if (alert !== null) return { kind: 'alert', label: `A-${alert}`, detail: null, alerts: null, id: String(alert) }
  const caseId = parseCaseRef(text)
  return caseId === null ? null : { kind: 'case', label: `C-${caseId}`, detail: null, alerts: null, id: String(caseId) }
}
