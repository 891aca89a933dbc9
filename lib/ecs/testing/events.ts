import type { EcsEvent } from '@/lib/ecs/event'
import { entityId, fingerprint, hostFields, testHost, type TestHost } from './host'

/** 2026-11-03T10:00:00.000Z, the moment test events happen unless they say otherwise. */
export const TEST_TIME = Date.UTC(2026, 10, 3, 10)

export interface TestParent {
  readonly entityId?: string
  readonly pid?: number
  readonly name?: string
  readonly executable?: string
  readonly user?: string
}

export interface TestEventOptions {
  readonly host?: TestHost
  /** Milliseconds since 1970 or an ISO date, taken over as it is written; default `TEST_TIME`. */
  readonly at?: number | string
  readonly id?: string
  readonly sequence?: number
  readonly name?: string
  readonly executable?: string
  readonly args?: readonly string[]
  readonly commandLine?: string
  readonly workingDirectory?: string
  readonly pid?: number
  readonly entityId?: string
  /** null leaves every `process.parent.*` field out. */
  readonly parent?: TestParent | null
  /** A user name; root has id 0, others 1000. */
  readonly user?: string
  /** true is pts/0 (136:0). */
  readonly tty?: boolean | { readonly major: number; readonly minor: number }
  /** The last word: fields by dotted name; undefined removes one. */
  readonly fields?: Readonly<Record<string, unknown>>
}

export interface TestNetworkOptions extends TestEventOptions {
  readonly action?: 'connection_attempted' | 'connection_accepted' | 'disconnect_received'
  readonly destinationIp?: string
  readonly destinationPort?: number
  readonly sourcePort?: number
}

export interface TestEndOptions extends TestEventOptions {
  readonly exitCode?: number
}

type Tree = Record<string, unknown>

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function setField(tree: Tree, field: string, value: unknown): void {
  const parts = field.split('.')
  const last = parts.pop() ?? ''
  let at = tree
  for (const part of parts) {
    const next = at[part]
    at = isTree(next) ? next : (at[part] = {})
  }
  if (value === undefined) delete at[last]
  else at[last] = value
}

/** A copy of the event with fields set by dotted name; undefined removes one. */
export function withFields(event: EcsEvent, fields: Readonly<Record<string, unknown>>): EcsEvent {
  const copy = structuredClone(event) as Tree
  for (const [field, value] of Object.entries(fields)) setField(copy, field, value)
  return copy
}

function userOf(name: string): Tree {
  return { id: name === 'root' ? '0' : '1000', name }
}

function moment(at: number | string | undefined): { readonly ms: number; readonly iso: string } {
  if (typeof at === 'string') return { ms: Date.parse(at), iso: at }
  const ms = at ?? TEST_TIME
  return { ms, iso: new Date(ms).toISOString() }
}

function parentFields(parent: TestParent, host: TestHost): Tree {
  const pid = parent.pid ?? 4700
  const executable = parent.executable ?? `/usr/bin/${parent.name ?? 'bash'}`
  const name = parent.name ?? executable.slice(executable.lastIndexOf('/') + 1)
  return {
    entity_id: parent.entityId ?? entityId(host, pid, TEST_TIME - 60_000),
    pid,
    name,
    executable,
    ...(parent.user === undefined ? {} : { user: userOf(parent.user) }),
  }
}

function processFields(options: TestEventOptions, host: TestHost, ms: number): Tree {
  const executable = options.executable ?? `/usr/bin/${options.name ?? 'curl'}`
  const name = options.name ?? executable.slice(executable.lastIndexOf('/') + 1)
  const args = options.args ?? [name]
  const pid = options.pid ?? 4711
  const tty = options.tty === true ? { major: 136, minor: 0 } : options.tty
  return {
    entity_id: options.entityId ?? entityId(host, pid, ms),
    pid,
    name,
    executable,
    args,
    args_count: args.length,
    command_line: options.commandLine ?? args.join(' '),
    working_directory: options.workingDirectory ?? '/home/ubuntu',
    interactive: Boolean(tty),
    ...(tty ? { tty: { char_device: tty } } : {}),
    ...(options.parent === null ? {} : { parent: parentFields(options.parent ?? {}, host) }),
  }
}

function build(dataset: 'process' | 'network', action: string, type: string, options: TestEventOptions, extra: Tree): EcsEvent {
  const host = options.host ?? testHost()
  const { ms, iso } = moment(options.at)
  const process = processFields(options, host, ms)
  const body: Tree = {
    '@timestamp': iso,
    ...structuredClone(hostFields(host)),
    ecs: { version: '8.10.0' },
    data_stream: { type: 'logs', dataset: `endpoint.events.${dataset}`, namespace: 'default' },
    message: `Endpoint ${dataset} event`,
    user: userOf(options.user ?? 'ubuntu'),
    process,
  }
  for (const [field, value] of Object.entries(extra)) setField(body, field, value)
  const event: Tree = {
    kind: 'event',
    category: [dataset],
    type: [type],
    action,
    module: 'endpoint',
    dataset: `endpoint.events.${dataset}`,
    created: iso,
    sequence: options.sequence ?? ms - Date.UTC(2026, 0, 1),
  }
  body['event'] = event
  for (const [field, value] of Object.entries(options.fields ?? {})) setField(body, field, value)
  // Last, so that records which differ in anything have different ids.
  if (!isTree(body['event'])) return body
  if (options.id !== undefined) body['event']['id'] = options.id
  else if (!Object.hasOwn(options.fields ?? {}, 'event.id')) {
    body['event']['id'] = `MZ0X8DD+${fingerprint(JSON.stringify(body))}`
  }
  return body
}

/** A program begins: curl (pid 4711), started by bash (pid 4700) at `TEST_TIME`, with no terminal. */
export function execEvent(options: TestEventOptions = {}): EcsEvent {
  return build('process', 'exec', 'start', options, {})
}

/** A process splits: as yet the same program as its parent. */
export function forkEvent(options: TestEventOptions = {}): EcsEvent {
  return build('process', 'fork', 'start', { executable: '/usr/bin/bash', ...options }, {})
}

/** A process that began at `TEST_TIME` is over; one that began at another time needs its `entityId`. */
export function endEvent(options: TestEndOptions = {}): EcsEvent {
  const begun = { entityId: entityId(options.host ?? testHost(), options.pid ?? 4711, TEST_TIME) }
  return build('process', 'end', 'end', { ...begun, ...options }, {
    'process.exit_code': options.exitCode ?? 0,
    'process.end': moment(options.at).iso,
  })
}

const NETWORK_TYPE = { connection_attempted: 'start', connection_accepted: 'start', disconnect_received: 'end' } as const

/** curl (pid 4711, begun at `TEST_TIME`) connects to 169.254.169.254:80, 410 ms later unless `at` says otherwise. */
export function networkEvent(options: TestNetworkOptions = {}): EcsEvent {
  const host = options.host ?? testHost()
  const action = options.action ?? 'connection_attempted'
  const ip = options.destinationIp ?? '169.254.169.254'
  const begun = { at: TEST_TIME + 410, entityId: entityId(host, options.pid ?? 4711, TEST_TIME) }
  return build('network', action, NETWORK_TYPE[action], { ...begun, ...options }, {
    source: { ip: host.ip, address: host.ip, port: options.sourcePort ?? 49152 },
    destination: { ip, address: ip, port: options.destinationPort ?? 80 },
    network: {
      transport: 'tcp',
      type: ip.includes(':') ? 'ipv6' : 'ipv4',
      direction: action === 'connection_accepted' ? 'ingress' : 'egress',
    },
  })
}

/** The two records of one request: an exec and its connection `gapMs` later, of one process under one parent. */
export function imdsPair(options: TestEventOptions & { readonly gapMs?: number } = {}): readonly [EcsEvent, EcsEvent] {
  const { gapMs = 410, ...rest } = options
  const host = rest.host ?? testHost()
  const { ms } = moment(rest.at)
  const same = { ...rest, host, entityId: rest.entityId ?? entityId(host, rest.pid ?? 4711, ms) }
  const { id, sequence, ...connection } = same
  return [
    execEvent(same),
    networkEvent({
      ...connection,
      at: ms + gapMs,
      ...(id === undefined ? {} : { id: `${id}-net` }),
      ...(sequence === undefined ? {} : { sequence: sequence + 1 }),
    }),
  ]
}
