import { createHash } from 'node:crypto'
import { DAY, stamp } from './clock'
import { imageAt, parentAt, type Image, type Life, type Occurrence, type User } from './machine'
import type { HostProfile } from './hosts'

type Json = Record<string, unknown>

/** Seconds from 1601, from which the agent counts in its entity ids, to 1970. */
const FROM_1601 = 11_644_473_600

const ANCESTRY = 20

const TYPES: Readonly<Record<Occurrence['kind'], readonly string[]>> = {
  fork: ['start'],
  exec: ['start'],
  already_running: ['info'],
  end: ['end'],
  connection_attempted: ['start'],
  connection_accepted: ['start'],
  disconnect_received: ['end'],
  lookup_requested: ['connection', 'info'],
  lookup_result: ['connection', 'info'],
}

export function entityOf(image: Image): string {
  const { life, from } = image
  const whole = Math.floor((DAY + from) / 1000) + FROM_1601
  const ticks = Math.round(((((from % 1000) + 1000) % 1000) / 1000) * 1e7)
  return Buffer.from(`${life.machine.host.agentId}-${life.pid}-${whole}.${String(ticks).padStart(7, '0')}`).toString('base64')
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function identity(user: User): Json {
  return { user: { id: user.id, name: user.name }, group: { id: user.id, name: user.name } }
}

/** A process as it is told of beside another one: as parent, or as leader of group, session or entry. */
function relation(image: Image, at: number): Json {
  return {
    entity_id: entityOf(image),
    pid: image.life.pid,
    name: nameOf(image.path),
    executable: image.path,
    args: image.args,
    args_count: image.args.length,
    working_directory: image.cwd,
    interactive: image.tty !== null,
    start: stamp(Math.min(image.from, at)),
    ...(image.tty ? { tty: { char_device: image.tty } } : {}),
    ...identity(image.user),
    real_user: { id: image.user.id, name: image.user.name },
    real_group: { id: image.user.id, name: image.user.name },
  }
}

function leader(life: Life, self: Life, at: number): Json {
  return { ...relation(imageAt(life, at), at), same_as_process: life === self }
}

function ancestry(life: Life, at: number): string[] {
  const ids: string[] = []
  for (let up = parentAt(life, at); up && ids.length < ANCESTRY; up = parentAt(up, at)) ids.push(entityOf(imageAt(up, at)))
  return ids
}

function processFields(o: Occurrence): Json {
  const image = imageAt(o.life, o.at)
  const parent = parentAt(o.life, o.at)
  const previous = image.by === 'exec' ? o.life.images[o.life.images.indexOf(image) - 1] : undefined
  const entry = leader(image.entry, o.life, o.at)
  const entryParent = parentAt(image.entry, o.at)
  return {
    ...relation(image, o.at),
    command_line: image.args.join(' '),
    hash: { sha256: createHash('sha256').update(image.path).digest('hex') },
    ...(previous ? { previous: [{ args: previous.args, args_count: previous.args.length, executable: previous.path }] } : {}),
    ...(o.kind === 'end' ? { exit_code: o.code, end: stamp(o.at) } : {}),
    ...(parent
      ? { parent: { ...relation(imageAt(parent, o.at), o.at), command_line: imageAt(parent, o.at).args.join(' ') } }
      : {}),
    group_leader: leader(image.group, o.life, o.at),
    session_leader: leader(image.session, o.life, o.at),
    entry_leader: {
      ...entry,
      entry_meta: {
        type: image.entryMeta.type,
        ...(image.entryMeta.sourceIp ? { source: { ip: image.entryMeta.sourceIp } } : {}),
      },
      ...(entryParent ? { parent: { entity_id: entityOf(imageAt(entryParent, o.at)), pid: entryParent.pid } } : {}),
    },
    thread: {
      capabilities: image.user.id === '0' ? { effective: ['CAP_SYS_ADMIN', 'CAP_NET_ADMIN'], permitted: ['CAP_SYS_ADMIN', 'CAP_NET_ADMIN'] } : { effective: [], permitted: [] },
    },
    Ext: { ancestry: ancestry(o.life, o.at) },
  }
}

/** Network records tell less of the process: its names and the ids of its relations. */
function connectedProcess(o: Occurrence): Json {
  const image = imageAt(o.life, o.at)
  const parent = parentAt(o.life, o.at)
  return {
    entity_id: entityOf(image),
    pid: o.life.pid,
    name: nameOf(image.path),
    executable: image.path,
    command_line: image.args.join(' '),
    uptime: Math.floor((o.at - image.from) / 1000),
    ...(parent ? { parent: { entity_id: entityOf(imageAt(parent, o.at)) } } : {}),
    group_leader: { entity_id: entityOf(imageAt(image.group, o.at)) },
    session_leader: { entity_id: entityOf(imageAt(image.session, o.at)) },
    entry_leader: { entity_id: entityOf(imageAt(image.entry, o.at)) },
    Ext: { ancestry: ancestry(o.life, o.at) },
  }
}

function networkFields(o: Occurrence): Json {
  if (o.kind === 'lookup_requested' || o.kind === 'lookup_result') {
    return {
      dns: { question: { name: o.name, type: 'A' }, ...(o.resolved.length > 0 ? { resolved_ip: o.resolved } : {}) },
      network: { protocol: 'dns' },
    }
  }
  if (!('remote' in o)) return {}
  const inbound = o.kind === 'connection_accepted'
  const [source, destination] = inbound ? [o.remote, o.local] : [o.local, o.remote]
  return {
    source: { ip: source.ip, address: source.ip, port: source.port, ...(o.bytes ? { bytes: o.bytes.sent } : {}) },
    destination: {
      ip: destination.ip,
      address: destination.ip,
      port: destination.port,
      ...(o.bytes ? { bytes: o.bytes.received } : {}),
    },
    network: {
      transport: o.transport,
      type: o.remote.ip.includes(':') ? 'ipv6' : 'ipv4',
      direction: inbound ? 'ingress' : 'egress',
    },
  }
}

/**
 * One occurrence in the shape of Elastic Defend on Linux.
 *
 * @param sequence the agent's counter, which also makes the event id.
 * @param delay milliseconds from the event to its arrival in the index.
 */
export function toRecord(o: Occurrence, host: HostProfile, sequence: number, delay: number): Json {
  const dataset = 'remote' in o || 'name' in o ? 'network' : 'process'
  const counter = Buffer.from([sequence >> 16, sequence >> 8, sequence]).toString('base64')
  return {
    '@timestamp': stamp(o.at),
    agent: { id: host.agentId, type: 'endpoint', version: '8.17.4' },
    ecs: { version: '8.10.0' },
    data_stream: { type: 'logs', dataset: `endpoint.events.${dataset}`, namespace: 'default' },
    message: `Endpoint ${dataset} event`,
    event: {
      id: `MZ0X8DD+${host.eventPrefix}++++${counter}`,
      sequence,
      kind: 'event',
      category: [dataset],
      type: TYPES[o.kind],
      action: o.kind,
      outcome: 'unknown',
      module: 'endpoint',
      dataset: `endpoint.events.${dataset}`,
      created: stamp(o.at),
      ingested: new Date(DAY + o.at + delay).toISOString().replace(/\.\d+Z$/, 'Z'),
      agent_id_status: 'verified',
    },
    host: {
      id: host.id,
      name: host.name,
      hostname: host.name,
      ip: ['127.0.0.1', '::1', host.ip, host.linkLocal],
      mac: [host.mac],
      architecture: 'x86_64',
      os: {
        type: 'linux',
        family: 'debian',
        platform: 'ubuntu',
        name: 'Linux',
        version: '22.04.5',
        kernel: '6.8.0-1021-aws #23~22.04.1-Ubuntu SMP',
        full: 'Ubuntu 22.04.5',
        Ext: { variant: 'Ubuntu' },
      },
      boot: { id: host.bootId },
    },
    cloud: {
      provider: 'aws',
      region: 'eu-west-1',
      account: { id: '111122223333' },
      instance: { id: host.instanceId, name: host.name },
    },
    ...identity(imageAt(o.life, o.at).user),
    process: dataset === 'process' ? processFields(o) : connectedProcess(o),
    ...networkFields(o),
  }
}
