import type { ImdsProvider } from './metadata-address'

/**
 * What a path gives away: `credentials` of a role or service account, a session `token` of the service itself, a signed or
 * plain `identity` of the instance, `user_data` (which often holds secrets), or some `other` fact.
 */
export const IMDS_PATH_CLASSES = ['credentials', 'user_data', 'token', 'identity', 'other'] as const
export type ImdsPathClass = (typeof IMDS_PATH_CLASSES)[number]

export interface ImdsPath {
  readonly provider: ImdsProvider
  readonly pathClass: ImdsPathClass
  /** Role or service account whose credentials are asked for. */
  readonly role: string | null
}

interface Pattern {
  readonly provider: ImdsProvider
  readonly pathClass: ImdsPathClass
  /** Its first group, where it has one, is the role. */
  readonly pattern: RegExp
}

// AWS, Alibaba and Tencent Cloud share most paths; `ram/` and `cam/` are their own and the address decides the rest. The version
// after the first slash is `latest` or a date. The first pattern that fits decides, so the special come before the general.
const AWS = String.raw`^/(?:latest|\d{4}-\d\d-\d\d|1\.0)`
const GCP = String.raw`^/computeMetadata/v1(?:beta1)?`
const of = (provider: ImdsProvider, pathClass: ImdsPathClass, pattern: string): Pattern => ({ provider, pathClass, pattern: new RegExp(pattern, 'i') })
const PATTERNS: readonly Pattern[] = [
  of('alibaba', 'credentials', `${AWS}/meta-data/ram/security-credentials(?:/([^/]+))?`),
  of('tencent', 'credentials', `${AWS}/meta-data/cam/security-credentials(?:/([^/]+))?`),
  of('aws', 'credentials', `${AWS}/meta-data/iam/security-credentials(?:/([^/]+))?`),
  of('aws', 'credentials', `${AWS}/meta-data/identity-credentials(?:/ec2(?:/security-credentials(?:/([^/]+))?)?)?`),
  of('aws', 'token', '^/latest/api/token'),
  of('aws', 'identity', `${AWS}/dynamic/instance-identity`),
  of('aws', 'identity', `${AWS}/meta-data/iam(?:/info)?/?$`),
  of('aws', 'user_data', `${AWS}/user-data`),
  of('aws', 'other', `${AWS}/(?:meta-data|dynamic)`),
  of('aws_ecs', 'credentials', '^/v2/credentials'),
  of('aws_ecs', 'other', '^/v[234]/(?:metadata|stats|task|[^/]+/(?:task|stats))'),
  of('aws_eks', 'credentials', '^/v1/credentials'),
  of('gcp', 'credentials', `${GCP}/instance/service-accounts/([^/]+)/token`),
  of('gcp', 'identity', `${GCP}/instance/service-accounts/([^/]+)/identity`),
  of('gcp', 'identity', `${GCP}/instance/service-accounts/([^/]+)/(?:email|scopes|aliases)`),
  of('gcp', 'credentials', `${GCP}/instance/service-accounts(?:/([^/]+))?`),
  of('gcp', 'user_data', `${GCP}/(?:instance|project)/attributes`),
  of('gcp', 'other', '^/computeMetadata'),
  of('azure', 'identity', '^/metadata/identity/info'),
  of('azure', 'credentials', '^/metadata/identity'),
  of('azure', 'identity', '^/metadata/attested'),
  of('azure', 'user_data', '^/metadata/instance/compute/(?:userData|customData)'),
  of('azure', 'other', '^/metadata/(?:instance|scheduledevents|loadbalancer|versions)'),
  of('oracle', 'credentials', '^/opc/v[12]/identity'),
  of('oracle', 'user_data', '^/opc/v[12]/instance/metadata'),
  of('oracle', 'other', '^/opc/v[12]'),
  of('ibm', 'token', '^/instance_identity/v1/token'),
  of('ibm', 'credentials', '^/instance_identity/v1/iam_token'),
  of('ibm', 'identity', '^/instance_identity/v1'),
  of('ibm', 'user_data', '^/metadata/v1/instance/initialization'),
  of('ibm', 'other', '^/metadata/v1/instance'),
  of('digitalocean', 'user_data', String.raw`^/metadata/v1(?:/user-data|\.json)`),
  of('digitalocean', 'other', '^/metadata/v1'),
  of('hetzner', 'user_data', '^/hetzner/v1/userdata'),
  of('hetzner', 'other', '^/hetzner/v1'),
  of('huawei', 'credentials', '^/openstack/[^/]+/securitykey'),
  of('openstack', 'user_data', '^/openstack/[^/]+/user_data'),
  of('openstack', 'other', '^/openstack'),
]

function percentDecoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** The path as the service sees it: decoded once, without empty and `.` segments, `..` taken back. */
function normalizedPath(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/').map(percentDecoded).join('/').split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}`
}

/** Azure names the identity in the query: its resource id, the last part of which is its name, or one of its ids. */
function azureIdentity(query: URLSearchParams): string | null {
  const resource = query.get('msi_res_id') ?? query.get('mi_res_id')
  const name = resource?.split('/').findLast((part) => part !== '')
  return name || query.get('client_id') || query.get('object_id') || null
}

// Asked for with all that lies below: the attributes, with their start-up scripts and keys, are among it.
const GCP_ABOVE_ATTRIBUTES = new RegExp(`${GCP}(?:/(?:instance|project))?$`, 'i')

/** What a path of a metadata service is for, its query included; null when no known service has it. */
export function readImdsPath(path: string): ImdsPath | null {
  const [, plain = '', search = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(path) ?? []
  const normal = normalizedPath(plain)
  for (const { provider, pathClass, pattern } of PATTERNS) {
    const match = pattern.exec(normal)
    if (!match) continue
    const query = new URLSearchParams(search)
    if (provider === 'azure' && pathClass === 'credentials') return { provider, pathClass, role: azureIdentity(query) }
    const recursive = GCP_ABOVE_ATTRIBUTES.test(normal) && query.get('recursive')?.toLowerCase() === 'true'
    return { provider, pathClass: recursive ? 'user_data' : pathClass, role: match[1] ?? null }
  }
  return null
}
