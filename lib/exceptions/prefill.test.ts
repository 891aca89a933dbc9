import { expect, test } from 'vitest'
import { execEvent, imdsPair, networkEvent } from '@/lib/ecs/testing'
import type { EcsEvent } from '@/lib/ecs/event'
import type { AlertEventRole } from '@/lib/alerts/schema'
import { compileEntries } from './match'
import { nameOf, prefilledEntries, recordThatAsked } from './prefill'

const CREDENTIALS = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/app'
const record = (role: AlertEventRole, stage: number, event: EcsEvent, isAsked = true) => ({ role, stage, event, isAsked })

const login = execEvent({ pid: 10, name: 'bash', executable: '/usr/bin/bash', args: ['-bash'], parent: { name: 'sshd', executable: '/usr/sbin/sshd' } })
const byHand = execEvent({ pid: 11, name: 'curl', executable: '/usr/bin/curl', args: ['curl', '-s', CREDENTIALS], parent: { name: 'bash', executable: '/usr/bin/bash' } })

test('of an interactive session the record that asked is taken, not the shell before it', () => {
  const asked = recordThatAsked([record('exec', 1, login, false), record('exec', 0, byHand), record('network', 1, networkEvent({ pid: 11 }), false)])
  expect(asked?.event).toBe(byHand)
  expect(prefilledEntries(byHand)).toMatchObject([
    { field: 'process.executable', value: '/usr/bin/curl' },
    { field: 'process.parent.executable', value: '/usr/bin/bash' },
    { type: 'match', field: 'process.command_line', value: `curl -s ${CREDENTIALS}` },
  ])
  expect(nameOf(byHand)).toBe('curl run by bash (credentials)')
})

test('a script that connects is found by its process, and its command tells it from other scripts', () => {
  const [exec, network] = imdsPair({ pid: 20, name: 'python3', executable: '/usr/bin/python3.11', args: ['python3', '/opt/agent/run.py'], parent: { name: 'systemd', executable: '/usr/lib/systemd/systemd' } })
  expect(recordThatAsked([record('exec', 0, login), record('exec', 1, exec), record('network', 2, network)])?.event).toBe(exec)
  expect(prefilledEntries(exec).map(({ field }) => field)).toEqual(['process.executable', 'process.parent.executable', 'process.command_line'])
})

test('two programs that do one thing each are enough', () => {
  const scan = execEvent({ name: 'curl', executable: '/usr/bin/curl', parent: { name: 'nessusd', executable: '/opt/nessus/sbin/nessusd' } })
  expect(prefilledEntries(scan).map(({ field }) => field)).toEqual(['process.executable', 'process.parent.executable'])
  expect(nameOf(scan)).toBe('curl run by nessusd')
})

test('a command with a session token is not kept: what it asked for is, and nothing below', () => {
  const command = (path: string) => execEvent({ name: 'curl', executable: '/usr/bin/curl', parent: { name: 'bash', executable: '/usr/bin/bash' }, args: ['curl', '-H', 'X-aws-ec2-metadata-token: AQAEAsecret', `http://169.254.169.254${path}`] })
  const entries = prefilledEntries(command('/latest/meta-data/iam'))
  expect(JSON.stringify(entries)).not.toContain('secret')
  expect(entries.at(-1)).toMatchObject({ type: 'wildcard', field: 'process.command_line' })
  const matches = compileEntries(entries)
  expect(matches(command('/latest/meta-data/iam'))).toBe(true)
  expect(matches(command('/latest/meta-data/iam/security-credentials/app'))).toBe(false)
})
