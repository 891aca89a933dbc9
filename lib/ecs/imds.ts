/** What a record says about a request to a cloud's instance metadata service (IMDS). Pure; reads, never guesses beyond it. */
import { LIMITS } from '@/lib/limits'
import type { EcsEvent } from './event'
import { readText, readTexts } from './event'
import type { ImdsPathClass } from './imds-path'
import { readImdsPath } from './imds-path'
import { imdsRequestsIn } from './imds-requests'
import { metadataHost } from './metadata-address'
import type { ImdsProvider } from './metadata-address'

export type { ImdsPathClass } from './imds-path'
export { IMDS_PATH_CLASSES } from './imds-path'
export type { ImdsProvider } from './metadata-address'

export interface ImdsFacts {
  /** null when the address is one that several clouds use and nothing else tells. */
  readonly provider: ImdsProvider | null
  /** The address or name as the record has it; null when only a path was named. */
  readonly host: string | null
  readonly path: string | null
  readonly pathClass: ImdsPathClass | null
  readonly role: string | null
  /** Without and with a session token, where the service knows the difference and the record shows it. */
  readonly version: 'v1' | 'v2' | null
}

export const IMDS_PROVIDER_LABELS: Readonly<Record<ImdsProvider, string>> = {
  aws: 'AWS',
  aws_ecs: 'AWS ECS task',
  aws_eks: 'AWS EKS pod',
  gcp: 'Google Cloud',
  azure: 'Azure',
  oracle: 'Oracle Cloud',
  alibaba: 'Alibaba Cloud',
  tencent: 'Tencent Cloud',
  huawei: 'Huawei Cloud',
  ibm: 'IBM Cloud',
  digitalocean: 'DigitalOcean',
  hetzner: 'Hetzner',
  scaleway: 'Scaleway',
  openstack: 'OpenStack',
}

export const IMDS_PATH_LABELS: Readonly<Record<ImdsPathClass, string>> = {
  credentials: 'Credentials',
  token: 'Session token',
  identity: 'Instance identity',
  user_data: 'User data',
  other: 'Instance facts',
}

const CLOUDS: ReadonlyMap<string, ImdsProvider> = new Map([
  ['aws', 'aws'],
  ['gcp', 'gcp'],
  ['azure', 'azure'],
  ['oci', 'oracle'],
  ['oracle', 'oracle'],
  ['alibaba', 'alibaba'],
  ['aliyun', 'alibaba'],
  ['tencent', 'tencent'],
  ['huawei', 'huawei'],
  ['ibm', 'ibm'],
  ['digitalocean', 'digitalocean'],
  ['hetzner', 'hetzner'],
  ['scaleway', 'scaleway'],
  ['openstack', 'openstack'],
])

/** The services that hand out nothing without a token when their second version is enforced. */
const VERSIONED: ReadonlySet<ImdsProvider> = new Set(['aws', 'alibaba'])

// The most telling path wins where a command line names several, or several processes each name one.
const WEIGHT: Readonly<Record<ImdsPathClass, number>> = { credentials: 5, user_data: 4, token: 3, identity: 2, other: 1 }
const UNSAID = 1.5

interface Request {
  readonly host: string | null
  readonly path: string | null
}

function weightOf({ pathClass, role }: Pick<ImdsFacts, 'pathClass' | 'role'>, unsaid: number): number {
  return pathClass === null ? unsaid : WEIGHT[pathClass] + (role === null ? 0 : 0.5)
}

function requestWeight(request: Request): number {
  const known = request.path === null ? null : readImdsPath(request.path)
  return known ? weightOf(known, 0) : 0
}

/** What a sender may make as long as it likes, with an end; half a character becomes what the database would make of it. */
function cut(text: string, most: number): string {
  const shown = text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`
  return shown.replaceAll(/\p{Cs}/gu, '\ufffd')
}

function commandText(event: EcsEvent): string {
  const line = readText(event, 'process.command_line')
  return line ?? readTexts(event, 'process.args').join(' ')
}

function urlRequest(event: EcsEvent): Request | null {
  const full = readText(event, 'url.full') ?? readText(event, 'url.original')
  const [fromFull] = full === undefined ? [] : imdsRequestsIn(full)
  if (fromFull) return fromFull
  const host = readText(event, 'url.domain') ?? null
  const path = readText(event, 'url.path') ?? null
  const query = readText(event, 'url.query')
  const known = host === null ? path !== null && readImdsPath(path) !== null : metadataHost(host) !== null
  return known ? { host, path: path === null || query === undefined || path.includes('?') ? path : `${path}?${query}` } : null
}

/** The metadata host a connection went to, as the record has it. */
export function destinationHost(event: EcsEvent): string | null {
  for (const field of ['destination.domain', 'destination.ip', 'destination.address']) {
    const value = readText(event, field)
    if (value !== undefined && metadataHost(value) !== null) return value
  }
  return null
}

/**
 * v2 shows: a token is asked for, or sent. v1 shows only where the whole request does: a command line names the path and no
 * token header. A header that comes out of a file, or a program that makes the request itself, does not tell.
 */
function versionOf(provider: ImdsProvider | null, pathClass: ImdsPathClass | null, text: string, path: string | null, whole: boolean): 'v1' | 'v2' | null {
  if (provider === 'oracle') return path === null ? null : /\/opc\/+v2(?:\/|$)/i.test(path) ? 'v2' : /\/opc\/+v1(?:\/|$)/i.test(path) ? 'v1' : null
  if (provider === null || !VERSIONED.has(provider) || pathClass === null) return null
  if (pathClass === 'token' || /x-(?:aws-ec2|aliyun-ecs)-metadata-token/i.test(text) || /\/latest\/api\/token/i.test(text)) return 'v2'
  return !whole || /(?:^|\s)(?:-H\s{0,4}["']?@|-K|--config)/.test(text) ? null : 'v1'
}

/** What one record tells about a request to a metadata service; null when it is about something else. */
export function imdsFacts(event: EcsEvent): ImdsFacts | null {
  const text = commandText(event)
  const destination = destinationHost(event)
  const url = urlRequest(event)
  const told = [...imdsRequestsIn(text), ...(url ? [url] : [])].sort((a, b) => requestWeight(b) - requestWeight(a))
  // A path alone counts with a connection to the service, or when it is one that only such a service has.
  const best = told[0] ?? null
  if (best === null && destination === null) return null
  const host = destination ?? told.find((request) => request.host !== null)?.host ?? null
  const path = best?.path ?? null
  const known = path === null ? null : readImdsPath(path)
  const byHost = host === null ? null : (metadataHost(host)?.provider ?? null)
  const byCloud = CLOUDS.get(readText(event, 'cloud.provider')?.toLowerCase() ?? '') ?? null
  const provider = byHost ?? known?.provider ?? byCloud
  const pathClass = known?.pathClass ?? (path === null || path === '/' ? null : 'other')
  const role = known?.role ?? null
  return {
    provider,
    host: host === null ? null : cut(host, LIMITS.imdsHost),
    path: path === null ? null : cut(path, LIMITS.imdsPath),
    pathClass,
    role: role === null ? null : cut(role, LIMITS.imdsRole),
    version: versionOf(provider, pathClass, text, path, best !== url),
  }
}

/** What several records of one process tell: its most telling request, and of the rest what that record leaves open. */
function mergeFacts(facts: readonly ImdsFacts[]): ImdsFacts | undefined {
  const [best] = facts.toSorted((a, b) => weightOf(b, 0) - weightOf(a, 0))
  if (!best) return undefined
  const host = best.host ?? facts.find((fact) => fact.host !== null)?.host ?? null
  const byHost = host === null ? null : (metadataHost(host)?.provider ?? null)
  return {
    ...best,
    host,
    provider: byHost ?? best.provider ?? facts.find((fact) => fact.provider !== null)?.provider ?? null,
    version: best.version ?? facts.find((fact) => fact.version !== null)?.version ?? null,
  }
}

/**
 * What was asked of a metadata service, from the records of an alert in their order. What different processes say is never
 * mixed: of two children of one shell, the command line of one tells nothing of the other's connection. Of several the one
 * that asked for most stands for the alert; not knowing what was asked is worse than knowing that it was harmless.
 */
export function askedOf(events: readonly EcsEvent[]): ImdsFacts | null {
  const byProcess = new Map<string, ImdsFacts[]>()
  for (const [at, event] of events.entries()) {
    const facts = imdsFacts(event)
    if (!facts) continue
    const process = readText(event, 'process.entity_id') ?? `record ${at}`
    byProcess.set(process, [...(byProcess.get(process) ?? []), facts])
  }
  // Of equals the last: in a sequence it is the one that connected.
  return [...byProcess.values()].flatMap((facts) => mergeFacts(facts) ?? []).reduce<ImdsFacts | null>((most, facts) => (most !== null && weightOf(most, UNSAID) > weightOf(facts, UNSAID) ? most : facts), null)
}

/** `the credentials of web-prod-role`: what was asked for, where it is worth taking; null for facts that are not. */
export function imdsObject({ pathClass, role }: Pick<ImdsFacts, 'pathClass' | 'role'>): string | null {
  if (pathClass === 'credentials') return role === null ? 'credentials' : `the credentials of ${role}`
  return pathClass === 'user_data' ? 'the user data' : null
}

