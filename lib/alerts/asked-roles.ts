import type { ImdsFacts } from '@/lib/ecs/imds'
import { compareText } from '@/lib/lang/text-order'
import type { AlertSummary } from './schema'

/** A role whose credentials alerts asked for: what has to be revoked when they turn out to be true. */
export interface AskedRole {
  readonly role: string
  readonly provider: ImdsFacts['provider']
  /** In the order of their time. */
  readonly alertIds: readonly number[]
  readonly hosts: readonly string[]
  readonly firstAt: string
  readonly lastAt: string
}

/** The roles that alerts name, first asked for first. Roles of one name in two clouds are two. Pure. */
export function askedRoles(alerts: readonly Pick<AlertSummary, 'id' | 'imds' | 'hostName' | 'occurredAt'>[]): readonly AskedRole[] {
  const found = new Map<string, AskedRole>()
  const inOrder = alerts.toSorted((a, b) => compareText(a.occurredAt, b.occurredAt) || a.id - b.id)
  for (const { id, imds, hostName, occurredAt } of inOrder) {
    if (imds?.pathClass !== 'credentials' || imds.role === null) continue
    const key = JSON.stringify([imds.provider, imds.role])
    const known = found.get(key)
    found.set(key, {
      role: imds.role,
      provider: imds.provider,
      alertIds: [...(known?.alertIds ?? []), id],
      hosts: [...new Set([...(known?.hosts ?? []), hostName])],
      firstAt: known?.firstAt ?? occurredAt,
      lastAt: occurredAt,
    })
  }
  return [...found.values()]
}
