import type { EcsEvent } from '@/lib/ecs/event'
import { readText, readTexts, readValues } from '@/lib/ecs/event'
import { eventRole } from '@/lib/ecs/event-role'
import { imdsFacts } from '@/lib/ecs/imds'
import { parseCidr } from '@/lib/lang/ip-address'
import { CONSTANTS } from './constants'
import type { SeclValue } from './context'
import { nanoseconds } from './ecs-process'
import { parseInt64 } from './int64'
import type { SeclInt } from './int64'
import { overlap, readNetwork } from './network'

type Reader = (event: EcsEvent) => SeclValue | undefined

function int(event: EcsEvent, field: string): SeclInt | undefined {
  const value = readText(event, field)
  return value === undefined ? undefined : (parseInt64(value) ?? undefined)
}

const NOT_PUBLIC = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16',
  '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4', '::/127', 'fc00::/7', 'fe80::/10', 'ff00::/8', '2001:db8::/32',
].flatMap((text) => parseCidr(text) ?? [])

function isPublic(event: EcsEvent, field: string): boolean | undefined {
  const address = readText(event, field)
  const network = address === undefined ? null : readNetwork(address)
  return network ? !NOT_PUBLIC.some((block) => overlap(block, network)) : undefined
}

function family(event: EcsEvent, field: string): SeclInt | undefined {
  const address = readText(event, field)
  if (address === undefined || !readNetwork(address)) return undefined
  return CONSTANTS.get(address.includes(':') && !/^::ffff:\d+\.\d/i.test(address) ? 'AF_INET6' : 'AF_INET')
}

function transport(event: EcsEvent): SeclInt | undefined {
  const named = readText(event, 'network.transport')
  return int(event, 'network.iana_number') ?? (named === undefined ? undefined : CONSTANTS.get(`IP_PROTO_${named.toUpperCase().replace(/^IPV6-/, '')}`))
}

/** The fields of a peer under an event type: `connect.addr.*` of the destination, `accept.addr.*` of the source. */
function address(prefix: string, side: 'source' | 'destination'): Readonly<Record<string, Reader>> {
  return {
    [`${prefix}.family`]: (e) => family(e, `${side}.ip`),
    [`${prefix}.hostname`]: (e) => readText(e, `${side}.domain`),
    [`${prefix}.ip`]: (e) => readText(e, `${side}.ip`),
    [`${prefix}.is_public`]: (e) => isPublic(e, `${side}.ip`),
    [`${prefix}.port`]: (e) => int(e, `${side}.port`),
  }
}

function endpoint(side: 'source' | 'destination'): Readonly<Record<string, Reader>> {
  return {
    [`network.${side}.ip`]: (e) => readText(e, `${side}.ip`),
    [`network.${side}.is_public`]: (e) => isPublic(e, `${side}.ip`),
    [`network.${side}.port`]: (e) => int(e, `${side}.port`),
  }
}

function file(prefix: string): Readonly<Record<string, Reader>> {
  return {
    [`${prefix}.extension`]: (e) => {
      const extension = readText(e, 'file.extension')
      return extension === undefined ? undefined : `.${extension.replace(/^\./, '')}`
    },
    [`${prefix}.gid`]: (e) => int(e, 'file.gid'),
    [`${prefix}.group`]: (e) => readText(e, 'file.group'),
    [`${prefix}.inode`]: (e) => int(e, 'file.inode'),
    [`${prefix}.name`]: (e) => readText(e, 'file.name'),
    [`${prefix}.path`]: (e) => readText(e, 'file.path'),
    [`${prefix}.uid`]: (e) => int(e, 'file.uid'),
    [`${prefix}.user`]: (e) => readText(e, 'file.owner'),
  }
}

/** The path and query a request asks for, as the service sees it. */
function requestPath(event: EcsEvent): string | undefined {
  const path = readText(event, 'url.path')
  const query = readText(event, 'url.query')
  if (path !== undefined) return query === undefined ? path : `${path}?${query}`
  const full = readText(event, 'url.full') ?? readText(event, 'url.original')
  return full?.replace(/^[a-z][\w+.-]*:\/\/[^/]*/i, '')
}

function containerTags(event: EcsEvent): readonly string[] {
  const image = readText(event, 'container.image.name')
  const name = readText(event, 'container.name')
  return [
    ...readTexts(event, 'container.image.tag').map((tag) => `image_tag:${tag}`),
    ...(image === undefined ? [] : [`image_name:${image}`]),
    ...(name === undefined ? [] : [`container_name:${name}`]),
  ]
}

const PROVIDERS: Readonly<Record<string, string>> = { aws_ecs: 'aws', aws_eks: 'aws' }

/** Every field of an event, other than its process's, that ECS has; a field that is not here is not collected. */
export const EVENT_READERS: Readonly<Record<string, Reader>> = {
  ...address('accept.addr', 'source'),
  ...address('bind.addr', 'source'),
  'bind.protocol': transport,
  ...address('connect.addr', 'destination'),
  'connect.protocol': transport,
  'container.id': (e) => readText(e, 'container.id'),
  'container.runtime': (e) => readText(e, 'container.runtime'),
  'container.tags': containerTags,
  'dns.id': (e) => int(e, 'dns.id'),
  'dns.question.class': (e) => CONSTANTS.get(`CLASS_${(readText(e, 'dns.question.class') ?? 'IN').replace(/^IN$/i, 'INET').toUpperCase()}`),
  'dns.question.name': (e) => readText(e, 'dns.question.name'),
  'dns.question.type': (e) => CONSTANTS.get(readText(e, 'dns.question.type')?.toUpperCase() ?? ''),
  'event.hostname': (e) => readText(e, 'host.name') ?? readText(e, 'host.hostname'),
  'event.origin': (e) => readText(e, 'event.module') ?? readText(e, 'event.dataset'),
  'event.os': (e) => readText(e, 'host.os.type') ?? 'linux',
  'event.service': (e) => readText(e, 'service.name'),
  'event.source': () => 'runtime',
  'event.timestamp': (e) => nanoseconds(readText(e, '@timestamp')),
  'exit.code': (e) => int(e, 'process.exit_code'),
  'imds.aws.is_imds_v2': (e) => imdsFacts(e)?.version === 'v2',
  'imds.cloud_provider': (e) => {
    const provider = imdsFacts(e)?.provider ?? undefined
    return provider === undefined ? undefined : (PROVIDERS[provider] ?? provider)
  },
  'imds.host': (e) => imdsFacts(e)?.host ?? undefined,
  'imds.type': (e) => (readText(e, 'http.response.status_code') === undefined ? 'request' : 'response'),
  'imds.url': requestPath,
  'imds.user_agent': (e) => readText(e, 'user_agent.original'),
  ...endpoint('destination'),
  ...endpoint('source'),
  'network.l3_protocol': (e) => CONSTANTS.get(`ETH_P_${readText(e, 'network.type')?.toUpperCase() === 'IPV6' ? 'IPV6' : 'IP'}`),
  'network.l4_protocol': transport,
  'network.network_direction': (e) => CONSTANTS.get(/^(?:ingress|inbound)$/.test(readText(e, 'network.direction') ?? '') ? 'INGRESS' : 'EGRESS'),
  'network.size': (e) => int(e, 'network.bytes'),
  ...file('open.file'),
  ...file('unlink.file'),
}

const ACCEPTED = /^(?:connection_accepted|accepted-connection|accept)/
const BOUND = /^(?:bound-socket|bind)/
const CONNECTED = /^(?:connection_attempted|connected-to|connect(?:ion)?(?:_|-|$)|network_flow|lookup_requested)/
const OPENED = /^(?:open|creation|create|overwrite|modification|written)/
const DELETED = /^(?:deletion|delete|unlink)/

/** The event types a record is seen as: none, one, or several (a request to the metadata service is a connection too). */
export function eventTypesOf(event: EcsEvent): readonly string[] {
  const action = readText(event, 'event.action') ?? ''
  switch (eventRole(event)) {
    case 'exec':
      return ['exec']
    case 'end':
      return ['exit']
    case 'network':
      return networkTypes(event, action)
    case 'file':
      return OPENED.test(action) ? ['open'] : DELETED.test(action) ? ['unlink'] : []
    default:
      return []
  }
}

function networkTypes(event: EcsEvent, action: string): readonly string[] {
  const dns = readText(event, 'dns.question.name') === undefined ? [] : ['dns']
  // A connection alone does not tell what was asked for: without a URL it is a connection and nothing more.
  const imds = requestPath(event) !== undefined && imdsFacts(event) !== null ? ['imds'] : []
  return [...connectionTypes(event, action), ...dns, ...imds]
}

function connectionTypes(event: EcsEvent, action: string): readonly string[] {
  if (ACCEPTED.test(action)) return ['accept']
  if (BOUND.test(action)) return ['bind']
  const types = readValues(event, 'event.type')
  const ended = types.includes('end') && !types.includes('start')
  const inbound = /^(?:ingress|inbound)$/.test(readText(event, 'network.direction') ?? '')
  if (ended || readText(event, 'destination.ip') === undefined) return []
  if (CONNECTED.test(action)) return ['connect']
  return !inbound && (types.includes('start') || types.includes('connection')) && !types.includes('end') ? ['connect'] : []
}

/** The event types that records can be seen as. */
export const COLLECTED_EVENTS: ReadonlySet<string> = new Set(['accept', 'bind', 'connect', 'dns', 'exec', 'exit', 'imds', 'open', 'unlink'])
