import { describe, expect, test } from 'vitest'
import { readText, type EcsEvent } from '@/lib/ecs/event'
import { TEST_TIME, endEvent, execEvent, forkEvent, imdsPair, networkEvent, testHost, withFields } from '@/lib/ecs/testing'
import { buildProcessTree } from './build'
import { indexTree } from './flatten'
import type { ProcessNode, TreeEvent, TreeOptions } from './model'

const T = TEST_TIME

function stored(...events: readonly EcsEvent[]): TreeEvent[] {
  return events.map((event, i) => ({ event, id: readText(event, 'event.id') ?? `n${i}` }))
}

function build(events: readonly EcsEvent[], focus: string | readonly string[] = [], options?: TreeOptions) {
  const tree = buildProcessTree(stored(...events), { entityIds: typeof focus === 'string' ? [focus] : focus }, options)
  const index = indexTree(tree)
  const node = (key: string): ProcessNode => index.get(key)!
  return { tree, node, keys: tree.nodes.map((n) => n.key) }
}

const shell = execEvent({ name: 'bash', pid: 10, entityId: 'shell', at: T, user: 'ubuntu', tty: true, parent: { entityId: 'sshd', name: 'sshd', pid: 9, user: 'root' } })
const child = (entityId: string, at: number, more = {}) => execEvent({ entityId, at, pid: 11, parent: { entityId: 'shell', pid: 10, name: 'bash' }, ...more })

describe('a recorded process', () => {
  test('hangs below its parent, which is a ghost when nobody recorded it', () => {
    const { tree, node } = build([shell, child('curl', T + 410)], 'curl')
    expect(tree.roots).toEqual(['sshd'])
    expect(node('sshd')).toMatchObject({ evidence: 'ghost', name: 'sshd', pid: 9, user: 'root', began: null, children: ['shell'] })
    expect(node('shell')).toMatchObject({ evidence: 'start', began: 'exec', parent: 'sshd', children: ['curl'] })
    expect(node('curl')).toMatchObject({ parent: 'shell', name: 'curl', executable: '/usr/bin/curl', sinceParentMs: 410 })
    expect(tree.focus).toEqual(['curl'])
    expect(tree.missing.join(' ')).toContain('sshd (pid 9)')
  })

  test('is one node of its exec, its end and its connections', () => {
    const { node, tree } = build([
      child('c', T),
      networkEvent({ entityId: 'c', pid: 11, at: T + 5 }),
      endEvent({ entityId: 'c', pid: 11, at: T + 9, exitCode: 7 }),
    ])
    expect(tree.nodes.filter((n) => n.evidence !== 'ghost')).toHaveLength(1)
    expect(node('c')).toMatchObject({ exitCode: 7, endedAt: '2026-11-03T10:00:00.009Z' })
    expect(node('c').eventIds).toHaveLength(3)
  })

  test('may be one merged record of fork, exec and end', () => {
    const merged = child('m', T, { fields: { 'event.action': ['fork', 'exec', 'end'], 'event.type': ['start', 'end'], 'process.exit_code': 3 } })
    expect(build([merged]).node('m')).toMatchObject({ began: 'exec', evidence: 'start', exitCode: 3 })
  })

  test.each([
    ['users', { user: 'root' }, { user: 'root', userBefore: 'ubuntu' }],
    ['no change of users', { user: 'ubuntu' }, { userBefore: null }],
    ['the terminal kept', { tty: true }, { tty: 'pts/0', ttyChange: null, interactive: true }],
    ['the terminal lost', {}, { tty: null, ttyChange: 'lost', interactive: false }],
    ['another terminal', { tty: { major: 4, minor: 65 } }, { tty: 'ttyS1', ttyChange: 'other' }],
  ])('tells what changed against its parent: %s', (_, options, expected) => {
    expect(build([shell, child('c', T + 1, options)]).node('c')).toMatchObject(expected)
  })

  test('keeps the parent it began with when it is re-parented later', () => {
    const later = networkEvent({ entityId: 'c', pid: 11, at: T + 9000, parent: { entityId: 'init', pid: 1 } })
    expect(build([later, shell, child('c', T + 1)]).node('c').parent).toBe('shell')
  })

  test('is told by its pid where its id is empty', () => {
    const nameless = (pid: number) => execEvent({ id: `e${pid}`, pid, parent: { pid: 10 }, fields: { 'process.entity_id': '', 'process.parent.entity_id': '', 'process.session_leader.entity_id': '' } })
    const { tree } = build([nameless(20), nameless(21)])
    expect(tree.nodes.filter((n) => n.evidence === 'start').map((n) => n.pid)).toEqual([20, 21])
  })

  test('known by its connections only says so', () => {
    const { node, tree } = build([networkEvent({ entityId: 'c', name: 'nginx', pid: 7 })])
    expect(node('c')).toMatchObject({ evidence: 'partial', began: null, name: 'nginx' })
    expect(tree.missing.join(' ')).toContain('nginx (pid 7)')
  })
})

describe('ancestry', () => {
  test('ids in process.Ext.ancestry connect ghosts that no parent field names', () => {
    const { node, tree } = build([child('c', T, { fields: { 'process.Ext.ancestry': ['shell', 'login', 'init'] } })], 'c')
    expect(tree.roots).toEqual(['init'])
    expect(node('login')).toMatchObject({ evidence: 'ghost', name: null, parent: 'init', children: ['shell'] })
    expect(tree.missing.join(' ')).toContain('2 ancestors are known by entity id only')
  })

  test("a leader's description names a ghost", () => {
    const event = child('c', T, {
      fields: { 'process.Ext.ancestry': ['shell', 'login'], 'process.session_leader': { entity_id: 'login', pid: 5, name: 'login', executable: '/bin/login' } },
    })
    expect(build([event]).node('login')).toMatchObject({ name: 'login', pid: 5, evidence: 'ghost' })
  })

  test.each([
    ['itself', [child('a', T, { parent: { entityId: 'a' } })], ['a']],
    ['two of each other', [child('a', T, { parent: { entityId: 'b' } }), child('b', T + 1, { pid: 12, parent: { entityId: 'a' } })], ['a', 'b']],
    ['three in a ring', [child('a', T + 5, { parent: { entityId: 'b' } }), child('b', T, { pid: 12, parent: { entityId: 'c' } }), child('c', T + 1, { pid: 13, parent: { entityId: 'a' } })], ['b', 'a', 'c']],
  ])('a cycle is opened at its earliest member: %s', (_, events, keys) => {
    expect(build(events).keys).toEqual(keys)
  })
})

describe('exec in one pid', () => {
  const fork = forkEvent({ entityId: 'f', pid: 11, at: T, parent: { entityId: 'shell', pid: 10 } })
  const first = child('sh', T + 1, { name: 'dash' })
  const second = child('curl', T + 3)

  test('makes nodes beside each other, linked as steps', () => {
    const { node } = build([second, fork, first])
    expect(node('shell').children).toEqual(['f', 'sh', 'curl'])
    expect([node('f').execTo, node('sh').execOf, node('sh').execTo, node('curl').execOf]).toEqual(['sh', 'f', 'curl', 'sh'])
  })

  test('steps stay together where another child starts in between', () => {
    const between = child('other', T + 2, { pid: 99 })
    expect(build([fork, first, between, second]).node('shell').children).toEqual(['f', 'sh', 'curl', 'other'])
  })

  test.each([
    ['the pid ended and was used again', [first, endEvent({ entityId: 'sh', pid: 11, at: T + 2 }), second], null],
    ['the new one was forked', [first, forkEvent({ entityId: 'g', pid: 11, at: T + 2, parent: { entityId: 'shell' } }), second], 'g'],
    ['it has another parent', [first, child('curl', T + 3, { parent: { entityId: 'cron', pid: 8 } })], null],
    ['it says it replaced another program', [first, child('curl', T + 3, { fields: { 'process.previous': [{ executable: '/usr/bin/zsh' }] } })], null],
    ['it says it replaced this program', [first, child('curl', T + 3, { fields: { 'process.previous': [{ executable: '/usr/bin/dash' }] } })], 'sh'],
    ['it is of another host', [first, child('curl', T + 3, { host: testHost({ name: 'app-02' }) })], undefined],
  ])('%s', (_, events, execOf) => {
    expect(build(events, 'sh').node('curl')?.execOf).toBe(execOf)
  })
})

describe('a source without entity ids', () => {
  const bare = { 'process.entity_id': undefined, 'process.parent.entity_id': undefined }
  const run = (name: string, pid: number, ppid: number, at: number) => execEvent({ name, pid, at, parent: { pid: ppid, name: 'bash' }, fields: bare })

  test('is told apart by pid and time, and the tree says so', () => {
    const { tree, node } = build([run('bash', 10, 9, T), run('curl', 11, 10, T + 1), networkEvent({ pid: 11, at: T + 2, parent: { pid: 10 }, fields: bare })])
    const curl = node('pid 11 @ 2026-11-03T10:00:00.001Z')
    expect(curl.parent).toBe('pid 10 @ 2026-11-03T10:00:00.000Z')
    expect(curl.connections).toHaveLength(1)
    expect(tree.missing.join(' ')).toContain('3 events have no process.entity_id')
  })

  test('a pid that is used again is another process', () => {
    const end = endEvent({ pid: 11, at: T + 5, parent: { pid: 10 }, fields: bare })
    const { tree, node } = build([run('curl', 11, 10, T), end, run('vim', 11, 10, T + 10)])
    expect(tree.nodes.filter((n) => n.pid === 11).map((n) => n.name)).toEqual(['curl', 'vim'])
    expect(node('pid 11 @ 2026-11-03T10:00:00.010Z').execOf).toBeNull()
  })

  test('is found by an event of it', () => {
    const events = stored(run('bash', 10, 9, T), run('curl', 11, 10, T + 1))
    const tree = buildProcessTree(events, { entityIds: [], eventIds: [events[1]!.id] })
    expect(tree.focus).toEqual(['pid 11 @ 2026-11-03T10:00:00.001Z'])
  })
})

describe('connections', () => {
  const net = (at: number, more = {}) => networkEvent({ entityId: 'c', pid: 11, at, ...more })

  test('of one peer and port are one entry; an end adds bytes and not to the count', () => {
    const bytes = { 'source.bytes': 10, 'destination.bytes': 400 }
    const { node } = build([net(T), net(T + 1), net(T + 2, { action: 'disconnect_received', fields: bytes }), net(T + 3, { destinationIp: '203.0.113.9', destinationPort: 443 })])
    expect(node('c').connections).toMatchObject([
      { kind: 'connect', peer: '169.254.169.254', port: 80, count: 2, metadata: 'instance metadata service', sentBytes: 10, receivedBytes: 400, lastAt: '2026-11-03T10:00:00.002Z' },
      { peer: '203.0.113.9', port: 443, count: 1, metadata: null, sentBytes: null },
    ])
  })

  test('that were accepted name who came and the own port', () => {
    const fields = { 'source.ip': '198.51.100.7', 'source.port': 5000, 'destination.ip': '10.20.1.10', 'destination.port': 443 }
    expect(build([net(T, { action: 'connection_accepted', fields })]).node('c').connections).toMatchObject([{ kind: 'accept', peer: '198.51.100.7', port: 443 }])
  })

  test('a look-up that answers the metadata address is marked', () => {
    const ask = { 'event.action': 'lookup_requested', destination: undefined, 'dns.question.name': 'instance-data' }
    const answer = { ...ask, 'event.action': 'lookup_result', 'dns.resolved_ip': ['169.254.169.254'] }
    expect(build([net(T, { fields: ask }), net(T + 1, { fields: answer })]).node('c').connections).toMatchObject([
      { kind: 'lookup', peer: 'instance-data', port: null, count: 1, resolved: ['169.254.169.254'], metadata: 'instance metadata service' },
    ])
  })

  test('beyond the cap are counted, and a metadata service is kept', () => {
    const others = Array.from({ length: 9 }, (_, i) => net(T + i, { destinationIp: `198.51.100.${i}` }))
    const { node, tree } = build([...others, net(T + 20)], [], { maxConnections: 3 })
    expect(node('c').connections.map((c) => c.peer)).toEqual(['198.51.100.0', '198.51.100.1', '169.254.169.254'])
    expect(node('c').cutConnections).toBe(7)
    expect(tree.truncated).toEqual([{ what: 'connections', shown: 3, left: 7 }])
  })
})

test('alerts stand at the processes whose events they link', () => {
  const [exec, network] = imdsPair({ entityId: 'c' })
  const events = stored(exec, network)
  const alert = { id: 'A-1', severity: 'medium', ruleName: 'IMDS' }
  const tree = buildProcessTree(events, { entityIds: ['c'] }, { alerts: events.map((e) => ({ ...alert, eventId: e.id })) })
  expect(indexTree(tree).get('c')?.alerts).toEqual([alert])
})

describe('the host', () => {
  const other = execEvent({ host: testHost({ name: 'app-02' }), entityId: 'x' })
  test.each([
    ['of the focus', 'x', {}, ['x']],
    ['that was asked for', 'x', { hostId: testHost().id }, ['shell', 'c']],
    ['with most events', 'nobody', {}, ['shell', 'c']],
  ])('is the one %s', (_, focus, options, keys) => {
    expect(build([shell, child('c', T + 1), other], focus, options).keys.filter((k) => ['shell', 'c', 'x'].includes(k))).toEqual(keys)
  })
})

describe('says what is missing', () => {
  test.each([
    ['no events', [], 'No events are stored'],
    ['no process in them', [execEvent({ fields: { process: undefined } })], 'None of the 1 event names a process'],
    ['nothing but rubbish', [{ 'process.pid': 'x', '@timestamp': {} }], 'None of the 1 event names a process'],
    ['the focus', [shell], 'in none of the stored events'],
    ['a parent', [execEvent({ parent: null, name: 'curl', pid: 5 })], 'does not say who started curl (pid 5)'],
  ])('%s', (_, events, sentence) => {
    expect(build(events, 'nobody').tree.missing.join(' ')).toContain(sentence)
  })

  test('and is silent when nothing is', () => {
    const init = execEvent({ name: 'systemd', pid: 1, entityId: 'init', parent: null })
    expect(build([init, child('c', T + 1, { parent: { entityId: 'init', pid: 1 } })], 'c').tree.missing).toEqual([])
  })
})

describe('caps', () => {
  test('processes nearest to the focus are kept, its ancestors first', () => {
    const many = Array.from({ length: 30 }, (_, i) => child(`k${i}`, T + 10 + i, { pid: 100 + i }))
    const { tree, node } = build([shell, ...many, child('below', T + 99, { pid: 500, parent: { entityId: 'k20' } })], 'k20', { maxNodes: 5 })
    expect(tree.nodes.map((n) => n.key)).toEqual(['sshd', 'shell', 'k0', 'k20', 'below'])
    expect(node('shell').cutChildren).toBe(29 - 1)
    expect(tree.truncated).toEqual([{ what: 'processes', shown: 5, left: 28 }])
  })

  test('generations far above and far below are left out and said', () => {
    const chain = Array.from({ length: 12 }, (_, i) => child(`g${i}`, T + i, { pid: 20 + i, parent: { entityId: i === 0 ? 'top' : `g${i - 1}` } }))
    const { tree, keys } = build(chain, 'g6', { maxDepth: 3 })
    expect(keys).toEqual(['g3', 'g4', 'g5', 'g6', 'g7', 'g8', 'g9'])
    expect(tree.truncated[0]?.what).toBe('generations')
    expect(tree.missing.join(' ')).toContain('ancestry is longer')
  })

  test('an ancestry of ten thousand does not exhaust the stack', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => child(`g${i}`, T + i, { pid: 20 + i, parent: { entityId: `g${i - 1}` } }))
    expect(build(chain, 'g5000').keys.length).toBe(201)
  })

  test('long texts are cut with a mark', () => {
    const line = build([child('c', T, { commandLine: 'x'.repeat(100_000) })]).node('c').commandLine!
    expect(line.length).toBe(4097)
    expect(line.endsWith('…')).toBe(true)
  })
})

test('a record twice under one identity counts once', () => {
  const events = [shell, networkEvent({ entityId: 'shell' })]
  const { node } = build([...events, ...events])
  expect(node('shell').connections[0]?.count).toBe(1)
})

test('withFields: an event with dotted keys is read as well as a nested one', () => {
  const flat = { '@timestamp': '2026-11-03T10:00:00Z', 'event.category': 'process', 'event.action': 'exec', 'process.entity_id': 'd', 'process.name': 'curl', 'process.pid': '77' }
  expect(build([flat]).node('d')).toMatchObject({ name: 'curl', pid: 77, began: 'exec' })
  expect(build([withFields(shell, { 'process.command_line': undefined, 'process.args': ['-bash', 3] })]).node('shell').commandLine).toBe('-bash 3')
})
