import { alertRef } from '@/lib/alerts/schema'
import { IMDS_PROVIDER_LABELS } from '@/lib/ecs/imds'
import type { ExportModel } from '@/lib/export/model'
import { html } from './html'
import type { Html } from './html'
import { code, short, table, time } from './parts'

interface Connections {
  readonly destination: string
  readonly transport: string | null
  n: number
  readonly first: string
  last: string
  readonly hosts: Set<string>
  readonly programs: Set<string>
}

export function network(model: ExportModel): Html {
  const found = new Map<string, Connections>()
  for (const { at, facts: f } of model.records) {
    if (f.destination === null) continue
    const key = `${f.destination} ${f.transport ?? ''}`
    const row = found.get(key) ?? { destination: f.destination, transport: f.transport, n: 0, first: at, last: at, hosts: new Set(), programs: new Set() }
    row.n++
    row.last = at
    row.hosts.add(f.hostName)
    if (f.processName !== null) row.programs.add(f.processName)
    found.set(key, row)
  }
  return table(
    [...found.values()],
    [
      { head: 'Destination', cell: (row) => code(row.destination) },
      { head: 'Transport', cell: (row) => row.transport ?? '–' },
      { head: 'Records', kind: 'number', cell: (row) => row.n },
      { head: 'First', kind: 'time', cell: (row) => time(row.first) },
      { head: 'Last', kind: 'time', cell: (row) => time(row.last) },
      { head: 'Hosts', cell: (row) => [...row.hosts].join(', ') },
      { head: 'Programs', cell: (row) => [...row.programs].join(', ') },
    ],
    { empty: 'No linked record is a network connection.' },
  )
}

export function hostsAndUsers(model: ExportModel): Html {
  const hosts = new Map<string, { name: string; id: string; users: Set<string>; alerts: number; records: number }>()
  for (const { facts: f } of model.records) {
    const row = hosts.get(f.hostId) ?? { name: f.hostName, id: f.hostId, users: new Set<string>(), alerts: 0, records: 0 }
    row.records++
    if (f.user !== null) row.users.add(f.user)
    hosts.set(f.hostId, row)
  }
  for (const alert of model.alerts) {
    const row = hosts.get(alert.hostId) ?? { name: alert.hostName, id: alert.hostId, users: new Set<string>(), alerts: 0, records: 0 }
    row.alerts++
    hosts.set(alert.hostId, row)
  }
  return table(
    [...hosts.values()],
    [
      { head: 'Host', cell: (row) => short(row.name) },
      { head: 'host.id', cell: (row) => code(row.id) },
      { head: 'Users', cell: (row) => [...row.users].join(', ') || '–' },
      { head: 'Alerts', kind: 'number', cell: (row) => row.alerts },
      { head: 'Records', kind: 'number', cell: (row) => row.records },
    ],
    { empty: 'No host is involved.' },
  )
}

export function roles(model: ExportModel): Html {
  return table(
    model.roles,
    [
      { head: 'Role', cell: (row) => code(row.role) },
      { head: 'Cloud', cell: (row) => (row.provider === null ? '–' : IMDS_PROVIDER_LABELS[row.provider]) },
      { head: 'Alerts', cell: (row) => row.alertIds.map(alertRef).join(', ') },
      { head: 'Hosts', cell: (row) => row.hosts.join(', ') },
      { head: 'First', kind: 'time', cell: (row) => time(row.firstAt) },
      { head: 'Last', kind: 'time', cell: (row) => time(row.lastAt) },
    ],
    { empty: 'No alert names a role whose credentials were asked for.' },
  )
}

export function attack(model: ExportModel): Html {
  const rows = new Map<string, { tactic: string; id: string; name: string; rules: Set<string>; alerts: number }>()
  model.rules.forEach((rule, index) => {
    const alerts = model.alerts.filter((alert) => alert.rule === index).length
    for (const { tactic, technique = [] } of rule.document.threat) {
      const techniques = technique.flatMap((t) => (t.subtechnique?.length ? t.subtechnique.map((s) => ({ id: s.id, name: `${t.name}: ${s.name}` })) : [{ id: t.id, name: t.name }]))
      for (const { id, name } of techniques.length > 0 ? techniques : [{ id: tactic.id, name: tactic.name }]) {
        const row = rows.get(`${tactic.id} ${id}`) ?? { tactic: `${tactic.name} (${tactic.id})`, id, name, rules: new Set<string>(), alerts: 0 }
        row.rules.add(rule.document.name)
        row.alerts += alerts
        rows.set(`${tactic.id} ${id}`, row)
      }
    }
  })
  return table(
    [...rows.values()],
    [
      { head: 'Tactic', cell: (row) => row.tactic },
      { head: 'Technique', cell: (row) => html`<span class="nowrap">${row.id}</span>` },
      { head: 'Name', cell: (row) => row.name },
      { head: 'Rule', cell: (row) => [...row.rules].join(', ') },
      { head: 'Alerts', kind: 'number', cell: (row) => row.alerts },
    ],
    { empty: 'The rules name no technique.' },
  )
}
