import { expect, test } from 'vitest'
import type { ImdsFacts } from '@/lib/ecs/imds'
import { askedRoles } from './asked-roles'

const facts = (role: string | null, more: Partial<ImdsFacts> = {}): ImdsFacts => ({ provider: 'aws', host: '169.254.169.254', path: '/', pathClass: 'credentials', role, version: null, ...more })
const at = (minute: number) => `2026-11-03T10:${String(minute).padStart(2, '0')}:00.000Z`

test('the roles that alerts name, first asked for first, with their alerts and hosts', () => {
  const alerts = [
    { id: 4, imds: facts('web'), hostName: 'b', occurredAt: at(9) },
    { id: 3, imds: facts('web'), hostName: 'a', occurredAt: at(5) },
    { id: 2, imds: facts('ci'), hostName: 'a', occurredAt: at(3) },
    { id: 1, imds: facts('web', { provider: 'alibaba' }), hostName: 'a', occurredAt: at(7) },
    { id: 5, imds: facts(null), hostName: 'a', occurredAt: at(1) },
    { id: 6, imds: facts('default', { pathClass: 'identity' }), hostName: 'a', occurredAt: at(1) },
    { id: 7, imds: null, hostName: 'a', occurredAt: at(1) },
  ]
  const expected = [
    { role: 'ci', provider: 'aws', alertIds: [2], hosts: ['a'], firstAt: at(3), lastAt: at(3) },
    { role: 'web', provider: 'aws', alertIds: [3, 4], hosts: ['a', 'b'], firstAt: at(5), lastAt: at(9) },
    { role: 'web', provider: 'alibaba', alertIds: [1], hosts: ['a'], firstAt: at(7), lastAt: at(7) },
  ]
  expect(askedRoles(alerts)).toEqual(expected)
  expect(askedRoles(alerts.toReversed())).toEqual(expected)
  expect(askedRoles([])).toEqual([])
})
