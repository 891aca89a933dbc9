/** What a record says about a request to a cloud's instance metadata service (IMDS). Pure; reads, never guesses beyond it. */
import type { EcsEvent } from './event'
import { readField, readText, readValues } from './event'
import type { ImdsPathClass, ImdsProvider } from './imds-path'
import { readImdsPath } from './imds-path'

export type { ImdsPathClass, ImdsProvider } from './imds-path'

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
  digitalocean: 'DigitalOcean',
  openstack: 'OpenStack',
}

export const IMDS_PATH_LABELS: Readonly<Record<ImdsPathClass, string>> = {
  credentials: 'Credentials',
  token: 'Session token',
  identity: 'Instance identity',
  user_data: 'User data',
  other: 'Instance facts',
}

/** Hosts that serve metadata, and whose; null where several clouds share the address. */
const HOSTS: ReadonlyMap<string, ImdsProvider | null> = new Map([
  ['169.254.169.254', null],
  ['fd00:ec2::254', 'aws'],
  ['instance-data', 'aws'],
  ['instance-data.ec2.internal', 'aws'],
  ['169.254.170.2', 'aws_ecs'],
  ['169.254.170.23', 'aws_eks'],
  ['fd00:ec2::23', 'aws_eks'],
  ['metadata', 'gcp'],
  ['metadata.google.internal', 'gcp'],
  ['metadata.goog', 'gcp'],
  ['fd20:ce::254', 'gcp'],
  ['100.100.100.200', 'alibaba'],
])

const CLOUDS: ReadonlyMap<string, ImdsProvider> = new Map([
  ['aws', 'aws'],
  ['gcp', 'gcp'],
  ['azure', 'azure'],
  ['oci', 'oracle'],
  ['oracle', 'oracle'],
  ['alibaba', 'alibaba'],
  ['aliyun', 'alibaba'],
  ['digitalocean', 'digitalocean'],
  ['openstack', 'openstack'],
])

/** The services that hand out nothing without a token when their second version is enforced. */
const VERSIONED: ReadonlySet<ImdsProvider> = new Set(['aws', 'alibaba'])

// The most telling path wins where a command line names several.
const WEIGHT: Readonly<Record<ImdsPathClass, number>> = { credentials: 5, user_data: 4, token: 3, identity: 2, other: 1 }

const MAX_TEXT = 100_000

/** `2852039166`, `0xa9fea9fe`, `0251.0376.169.254`, `169.254.43518`: how C's inet_aton reads an address, as four numbers. */
function parseAton(text: string): string | null {
  const parts = text.split('.')
  if (parts.length > 4) return null
  const numbers: number[] = []
  for (const part of parts) {
    if (!/^(?:0x[0-9a-f]{1,8}|\d{1,12})$/i.test(part)) return null
    const octal = /^0[0-7]+$/.test(part)
    numbers.push(octal ? Number.parseInt(part, 8) : Number(part))
  }
  const last = numbers.pop() ?? 0
  if (numbers.some((n) => n > 255) || last >= 256 ** (4 - numbers.length)) return null
  const value = numbers.reduce((sum, n, i) => sum + n * 256 ** (3 - i), 0) + last
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

/** The host's one spelling: lower case, no brackets, no trailing dot, IPv4 in its four numbers. */
function canonicalHost(host: string): string {
  const plain = host.toLowerCase().replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  if (plain === '::ffff:a9fe:a9fe') return '169.254.169.254'
  return parseAton(plain.replace(/^::ffff:(?=\d)/, '')) ?? plain
}

interface Request {
  readonly host: string | null
  readonly path: string | null
}

const URL_PATTERN = /(?<scheme>https?:\/\/(?:[^\s/@'"]{0,200}@)?)?(?<host>\[[0-9a-f:.]{2,45}\]|[\w.-]{1,253})(?::\d{1,5})?(?<path>\/[^\s'"`;|&<>()\\{}]{0,2000})?/gi
const BARE_PATH = /\/(?:latest\/(?:meta-data|user-data|dynamic|api\/token)|computeMetadata\/v1|metadata\/(?:identity|instance|attested|v1)|opc\/v[12]\/|v2\/credentials)[^\s'"`;|&<>()\\{}]{0,2000}/gi

/** Names that are also ordinary words only count where a URL says that they are hosts. */
function isMetadataHost(host: string, inUrl: boolean): boolean {
  if (!HOSTS.has(host)) return false
  return inUrl || host.includes('.') || host.includes(':')
}

function requestsIn(text: string): readonly Request[] {
  const found: Request[] = []
  for (const match of text.slice(0, MAX_TEXT).matchAll(URL_PATTERN)) {
    const { scheme, host = '', path } = match.groups ?? {}
    if (isMetadataHost(canonicalHost(host), scheme !== undefined)) found.push({ host, path: path ?? null })
  }
  // `curl $IMDS/latest/meta-data/…`: the host is in a variable, the path tells enough.
  if (found.every((request) => request.path === null)) {
    for (const match of text.slice(0, MAX_TEXT).matchAll(BARE_PATH)) found.push({ host: null, path: match[0] })
  }
  return found
}

function weightOf(request: Request): number {
  const known = request.path === null ? null : readImdsPath(request.path)
  return known ? WEIGHT[known.pathClass] + (known.role === null ? 0 : 0.5) : 0
}

function commandText(event: EcsEvent): string {
  const line = readText(event, 'process.command_line')
  return line ?? readValues(event, 'process.args').map(String).join(' ')
}

function urlRequest(event: EcsEvent): Request | null {
  const full = readText(event, 'url.full') ?? readText(event, 'url.original')
  const [fromFull] = full === undefined ? [] : requestsIn(full)
  if (fromFull) return fromFull
  const host = readText(event, 'url.domain') ?? null
  const path = readText(event, 'url.path') ?? null
  const known = host === null ? path !== null && readImdsPath(path) !== null : HOSTS.has(canonicalHost(host))
  return known ? { host, path } : null
}

/** The metadata host a connection went to, as the record has it. */
function destinationHost(event: EcsEvent): string | null {
  for (const field of ['destination.domain', 'destination.ip', 'destination.address']) {
    const value = readText(event, field)
    if (value !== undefined && isMetadataHost(canonicalHost(value), true)) return value
  }
  return null
}

/**
 * v2 shows: a token is asked for, or sent. v1 shows only where the whole request does: a path is named and no token header.
 * A header that comes out of a file, or a program that makes the request itself, does not tell.
 */
function versionOf(provider: ImdsProvider | null, pathClass: ImdsPathClass | null, text: string): 'v1' | 'v2' | null {
  if (provider === 'oracle') return /\/opc\/v2\//.test(text) ? 'v2' : /\/opc\/v1\//.test(text) ? 'v1' : null
  if (provider === null || !VERSIONED.has(provider) || pathClass === null) return null
  if (pathClass === 'token' || /x-(?:aws-ec2|aliyun-ecs)-metadata-token/i.test(text) || /\/latest\/api\/token/.test(text)) return 'v2'
  if (/(?:^|\s)(?:-H\s{0,4}["']?@|-K|--config)/.test(text)) return null
  return 'v1'
}

/** What one record tells about a request to a metadata service; null when it is about something else. */
export function imdsFacts(event: EcsEvent): ImdsFacts | null {
  const text = commandText(event)
  const destination = destinationHost(event)
  const url = urlRequest(event)
  const told = [...(url ? [url] : []), ...requestsIn(text)].sort((a, b) => weightOf(b) - weightOf(a))
  // A path alone counts with a connection to the service, or when it is one that only such a service has.
  const best = told[0] ?? null
  if (best === null && destination === null) return null
  const host = destination ?? told.find((request) => request.host !== null)?.host ?? null
  const path = best?.path ?? null
  const known = path === null ? null : readImdsPath(path)
  const byHost = host === null ? null : (HOSTS.get(canonicalHost(host)) ?? null)
  const byCloud = CLOUDS.get(readText(event, 'cloud.provider')?.toLowerCase() ?? '') ?? null
  const provider = byHost ?? known?.provider ?? byCloud
  const pathClass = known?.pathClass ?? (path === null || path === '/' ? null : 'other')
  const sent = readField(event, 'url') === undefined ? text : `${text} ${path ?? ''}`
  return {
    provider,
    host,
    path,
    pathClass,
    role: known?.role ?? null,
    version: versionOf(provider, pathClass, sent),
  }
}

/** What several records of one request tell together: of each fact the first that is known. */
export function mergeImdsFacts(facts: readonly (ImdsFacts | null)[]): ImdsFacts | null {
  const known = facts.filter((fact) => fact !== null)
  const [first, ...rest] = known
  if (!first) return null
  return rest.reduce<ImdsFacts>(
    (sum, fact) => ({
      provider: sum.provider ?? fact.provider,
      host: sum.host ?? fact.host,
      path: sum.path ?? fact.path,
      pathClass: sum.pathClass ?? fact.pathClass,
      role: sum.role ?? fact.role,
      version: sum.version ?? fact.version,
    }),
    first,
  )
}
