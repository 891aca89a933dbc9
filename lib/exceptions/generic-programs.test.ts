import { expect, test } from 'vitest'
import { genericProgramOf, isGenericProgram } from './generic-programs'
import type { ExceptionEntry } from './schema'

test.each(['/usr/bin/bash', 'bash', '-bash', 'sudo -i', 'sh -c', '/usr/bin/python3.11', 'perl5.34.1', 'node', 'java', 'sshd', '/usr/lib/systemd/systemd', '/usr/sbin/cron', 'BUSYBOX', 'containerd-shim-runc-v2'])('%s says nothing of what it runs', (value) => {
  expect(isGenericProgram(value)).toBe(true)
})

test.each(['/usr/bin/curl', 'python3 /opt/agent/run.py', '/opt/nessus/sbin/nessusd', 'bashful', '', 'sh -c /opt/x'])('%s does', (value) => {
  expect(isGenericProgram(value)).toBe(false)
})

test.each<[string, string, string | null]>([
  ['process.parent.executable', '/usr/bin/*', '/usr/bin/sh'],
  ['process.name', 'ba?h', 'bash'],
  ['process.executable', '*python*', 'python'],
  ['process.executable', '/opt/agent/*', null],
  ['user.name', '*', null],
  ['process.user.name', '*', null],
])('a pattern for %s: %s', (field, value, expected) => {
  const entry: ExceptionEntry = { type: 'wildcard', field, operator: 'included', value, case_insensitive: false }
  expect(genericProgramOf(entry)).toBe(expected)
  expect(genericProgramOf({ ...entry, operator: 'excluded' })).toBeNull()
})
