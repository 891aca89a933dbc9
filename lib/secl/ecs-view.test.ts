import { describe, expect, test } from 'vitest'
import type { EcsEvent } from '@/lib/ecs/event'
import { endEvent, execEvent, networkEvent } from '@/lib/ecs/testing'
import { compileExpression, eventContext, eventTypesOf, isCollectedEvent, isCollectedField, knownFields, resolveField } from '@/lib/secl'
import type { EventViewOptions } from '@/lib/secl'

function holds(expr: string, event: EcsEvent, options?: EventViewOptions): boolean | string {
  const result = compileExpression(expr)
  return result.ok ? result.expression.matches(eventContext(event, options)) : (result.diagnostics[0]?.message ?? '')
}

const AT = Date.UTC(2026, 10, 3, 10)
const SSHD = execEvent({ at: AT - 600_000, name: 'sshd', executable: '/usr/sbin/sshd', args: ['/usr/sbin/sshd', '-D'], pid: 900, user: 'root', parent: { pid: 1, name: 'systemd', executable: '/usr/lib/systemd/systemd' } })
const BASH = execEvent({ at: AT - 60_000, name: 'bash', args: ['-bash', '-i'], pid: 4_700, tty: true, parent: { pid: 900, name: 'sshd', executable: '/usr/sbin/sshd' } })
const CURL = execEvent({
  at: AT,
  name: 'curl',
  args: ['curl', '-sS', '--max-time', '5', 'http://169.254.169.254/latest/meta-data/iam/security-credentials/web'],
  pid: 4_711,
  parent: { pid: 4_700, name: 'bash' },
  fields: { 'process.start': '2026-11-03T09:59:58.000Z', 'process.env_vars': ['HOME=/root', 'LD_PRELOAD=/tmp/x.so'], 'container.id': 'c0ffee', 'process.hash.sha256': 'abc', 'process.thread.capabilities.effective': ['CAP_SYS_ADMIN', 'CAP_BPF'] },
})
const ANCESTORS = { ancestors: [BASH, SSHD] }

describe('an exec', () => {
  test.each([
    ['exec.comm == "curl"', true],
    ['exec.file.path == "/usr/bin/curl"', true],
    ['exec.file.path =~ "/usr/bin/*"', true],
    ['exec.file.name == "curl"', true],
    ['exec.file.hashes in ["sha256:abc"]', true],
    ['exec.argv0 == "curl"', true],
    ['exec.args =~ "-sS --max-time 5 http://169.254.169.254/*"', true],
    ['exec.argv in ["5"]', true],
    ['exec.argv in ["curl"]', false],
    ['exec.args_flags in ["s"] && exec.args_flags in ["S"]', true],
    ['exec.args_options in ["max-time=5"]', true],
    ['exec.envs in ["LD_PRELOAD"]', true],
    ['exec.envp in [~"LD_PRELOAD=/tmp/*"]', true],
    ['exec.pid == 4711 && exec.ppid == 4700', true],
    ['exec.uid == 1000 && exec.user == "ubuntu"', true],
    ['exec.created_at < 3s && exec.created_at > 1s', true],
    ['exec.tty_name == ""', true],
    ['process.container.id == "c0ffee" && container.id == "c0ffee"', true],
    ['process.cap_effective & CAP_SYS_ADMIN > 0', true],
    ['process.cap_effective & CAP_NET_ADMIN > 0', false],
    ['process.comm == exec.comm', true],
    ['event.hostname == "web-01" && event.os == "linux"', true],
    ['connect.addr.port == 80', false],
    ['exit.code == 0', false],
  ])('%s → %s', (expr, expected) => {
    expect(holds(expr, CURL, ANCESTORS)).toBe(expected)
  })

  test.each([
    ['process.parent.comm == "bash" && process.parent.tty_name == "pts0"', true],
    ['process.parent.argv in ["-i"]', true],
    ['process.ancestors.tty_name == "pts0"', true],
    ['process.ancestors[A].comm == "bash" && process.ancestors[A].tty_name != ""', true],
    ['process.ancestors[A].comm == "sshd" && process.ancestors[A].tty_name != ""', false],
    ['process.ancestors.file.path in ["/usr/sbin/sshd"]', true],
    ['process.ancestors.length == 3', true],
    ['process.ancestors.comm == "systemd"', true],
    ['process.ancestors.uid == 0', true],
  ])('its ancestors: %s → %s', (expr, expected) => {
    expect(holds(expr, CURL, ANCESTORS)).toBe(expected)
  })

  test('an ancestor that is not recorded is known from its child, as far as the child tells', () => {
    expect(holds('process.parent.comm == "bash" && process.parent.pid == 4700', CURL)).toBe(true)
    expect(holds('process.parent.tty_name != "" || process.ancestors.tty_name != ""', CURL)).toBe(false)
    expect(holds('process.ancestors.length == 1', CURL)).toBe(true)
    expect(holds('process.ancestors.comm == "x"', execEvent({ parent: null }))).toBe(false)
  })

  test('a long name is cut as the kernel cuts it', () => {
    expect(holds('exec.comm == "unattended-upgr" && exec.file.name == "unattended-upgrade"', execEvent({ name: 'unattended-upgrade' }))).toBe(true)
  })

  test('arguments come from the command line where there is no list', () => {
    const event = execEvent({ fields: { 'process.args': undefined, 'process.command_line': 'curl -d "a b" http://x' } })
    expect(holds('exec.args == "-d a b http://x" && exec.argv in ["a b"]', event)).toBe(true)
  })
})

describe('terminals', () => {
  const tty = (fields: Record<string, unknown>) => execEvent({ fields })
  test.each([
    [{ 'process.tty': { char_device: { major: 136, minor: 3 } } }, 'pts3'],
    [{ 'process.tty': { char_device: { major: 137, minor: 1 } } }, 'pts257'],
    [{ 'process.tty': { char_device: { major: 4, minor: 1 } } }, 'tty1'],
    [{ 'process.tty': { char_device: { major: 4, minor: 64 } } }, 'ttyS0'],
    [{ 'process.tty': { char_device: { major: 0, minor: 0 } } }, ''],
    [{ 'process.tty': { name: '/dev/pts/0' } }, 'pts0'],
    [{ 'process.tty': 'pts1' }, 'pts1'],
    [{ 'process.tty': '(none)' }, ''],
    [{}, ''],
  ])('%j is %j', (fields, expected) => {
    expect(eventContext(tty(fields)).read('process.tty_name') ?? '').toBe(expected)
  })
})

describe('other events', () => {
  const CONNECT = networkEvent({ at: AT + 500, pid: 4_711, parent: { pid: 4_700, name: 'bash' }, destinationIp: '169.254.169.254', destinationPort: 80 })
  const IMDS = networkEvent({ destinationIp: '169.254.169.254', fields: { 'url.full': 'http://169.254.169.254/latest/meta-data/iam/security-credentials/web?x=1', 'user_agent.original': 'curl/8', 'cloud.provider': 'aws' } })

  test('a connection', () => {
    expect(eventTypesOf(CONNECT)).toEqual(['connect'])
    expect(holds('connect.addr.ip in [169.254.0.0/16] && connect.addr.port == 80 && connect.addr.family == AF_INET && connect.addr.is_public == false', CONNECT)).toBe(true)
    expect(holds('connect.addr.port == 80 && process.args =~ "*169.254*" && process.ancestors.tty_name == "pts0"', CONNECT, { exec: CURL, ancestors: [BASH] })).toBe(true)
    expect(holds('exec.comm == "curl"', CONNECT)).toBe(false)
  })

  test('a request to the metadata service is seen as one where its URL is recorded', () => {
    expect(eventTypesOf(IMDS)).toEqual(['connect', 'imds'])
    expect(holds('imds.url =~ "/*/meta-data/iam/security-credentials/*" && imds.cloud_provider == "aws" && imds.host == "169.254.169.254" && imds.user_agent =~ "curl*"', IMDS)).toBe(true)
    expect(holds('imds.aws.is_imds_v2 == false', IMDS)).toBe(true)
    expect(holds('imds.type == "request"', CONNECT)).toBe(false)
  })

  test('an exit, a look-up, an accepted connection, a file', () => {
    expect(holds('exit.code == 3 && exit.comm == "curl"', endEvent({ exitCode: 3 }))).toBe(true)
    const dns = networkEvent({ fields: { 'event.action': 'lookup_requested', 'destination': undefined, 'dns.question.name': 'Metadata.google.internal', 'dns.question.type': 'AAAA' } })
    expect(holds('dns.question.name == "metadata.google.internal" && dns.question.type == AAAA', dns)).toBe(true)
    const accepted = networkEvent({ action: 'connection_accepted', fields: { 'source.ip': '8.8.8.8' } })
    expect(eventTypesOf(accepted)).toEqual(['accept'])
    expect(holds('accept.addr.ip == 8.8.8.8 && accept.addr.is_public == true', accepted)).toBe(true)
    const file = { '@timestamp': '2026-11-03T10:00:00Z', 'event': { category: ['file'], action: 'creation' }, 'file': { path: '/etc/ld.so.preload', name: 'ld.so.preload' } }
    expect(holds('open.file.path == "/etc/ld.so.preload"', file)).toBe(true)
    expect(eventTypesOf({ ...file, event: { category: ['file'], action: 'deletion' } })).toEqual(['unlink'])
  })

  test('a record of nothing in particular is no event, and rules of any event see it', () => {
    const event = { '@timestamp': '2026-11-03T10:00:00Z', 'event': { category: ['session'] }, 'process': { name: 'x' } }
    expect(eventTypesOf(event)).toEqual([])
    expect(holds('process.comm == "x"', event)).toBe(true)
  })

  test('hostile shapes read as nothing', () => {
    for (const process of [null, 3, 'x', [], { args: { a: 1 } }, { pid: {}, args: [null, {}, ['x']], tty: [], start: 'never', parent: [] }]) {
      expect(holds('exec.comm == "curl" || process.ancestors.pid == 1 || exec.created_at < 1s', { ...CURL, process })).toBe(false)
    }
  })
})

test('what is collected is what can be read', () => {
  const schema = knownFields()
  const collected = (name: string) => {
    const field = resolveField(schema, name)
    return 'problem' in field ? field.problem : isCollectedField(field)
  }
  expect(['exec.comm', 'process.parent.tty_name', 'process.ancestors[A].argv', 'process.ancestors.length', 'connect.addr.ip', 'exit.code', 'imds.url', 'exec.args.length'].map(collected)).toEqual(Array.from({ length: 8 }, () => true))
  expect(['open.flags', 'process.file.modification_time', 'chmod.file.path', 'exec.cgroup.id', 'ptrace.tracee.ancestors.comm'].map(collected)).toEqual(Array.from({ length: 5 }, () => false))
  expect(['exec', 'imds', 'bpf'].map(isCollectedEvent)).toEqual([true, true, false])
  const empty = [...schema.eventTypes].filter((type) => isCollectedEvent(type) && ![...schema.fields.keys()].some((f) => f.startsWith(`${type}.`) && collected(f) === true))
  expect(empty).toEqual([])
})
