/** Whose metadata service speaks. `aws_ecs` and `aws_eks` hand out the credentials of a task or a pod instead of a machine. */
export type ImdsProvider = 'aws' | 'aws_ecs' | 'aws_eks' | 'gcp' | 'azure' | 'oracle' | 'alibaba' | 'digitalocean' | 'openstack'

/**
 * What a path gives away: `credentials` of a role or service account, a session `token` of the service itself, a signed or
 * plain `identity` of the instance, `user_data` (which often holds secrets), or some `other` fact.
 */
export type ImdsPathClass = 'credentials' | 'token' | 'identity' | 'user_data' | 'other'

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

// AWS and Alibaba Cloud share most paths; `ram/` is Alibaba's alone and the address decides the rest. The version after the
// first slash is `latest` or a date. The first pattern that fits decides, so the special come before the general.
const AWS = String.raw`^/(?:latest|\d{4}-\d\d-\d\d|1\.0)`
const PATTERNS: readonly Pattern[] = [
  { provider: 'alibaba', pathClass: 'credentials', pattern: new RegExp(`${AWS}/meta-data/ram/security-credentials(?:/([^/]+))?`, 'i') },
  { provider: 'aws', pathClass: 'credentials', pattern: new RegExp(`${AWS}/meta-data/iam/security-credentials(?:/([^/]+))?`, 'i') },
  { provider: 'aws', pathClass: 'credentials', pattern: new RegExp(`${AWS}/meta-data/identity-credentials(?:/ec2(?:/security-credentials(?:/([^/]+))?)?)?`, 'i') },
  { provider: 'aws', pathClass: 'token', pattern: /^\/latest\/api\/token/i },
  { provider: 'aws', pathClass: 'identity', pattern: new RegExp(`${AWS}/dynamic/instance-identity`, 'i') },
  { provider: 'aws', pathClass: 'identity', pattern: new RegExp(`${AWS}/meta-data/iam(?:/info)?/?$`, 'i') },
  { provider: 'aws', pathClass: 'user_data', pattern: new RegExp(`${AWS}/user-data`, 'i') },
  { provider: 'aws', pathClass: 'other', pattern: new RegExp(`${AWS}/(?:meta-data|dynamic)`, 'i') },
  { provider: 'aws_ecs', pathClass: 'credentials', pattern: /^\/v2\/credentials/i },
  { provider: 'aws_ecs', pathClass: 'other', pattern: /^\/v[234]\/(?:metadata|stats|task)/i },
  { provider: 'aws_eks', pathClass: 'credentials', pattern: /^\/v1\/credentials/i },
  { provider: 'gcp', pathClass: 'credentials', pattern: /^\/computeMetadata\/v1(?:beta1)?\/instance\/service-accounts\/([^/]+)\/token/i },
  { provider: 'gcp', pathClass: 'identity', pattern: /^\/computeMetadata\/v1(?:beta1)?\/instance\/service-accounts\/([^/]+)\/identity/i },
  { provider: 'gcp', pathClass: 'credentials', pattern: /^\/computeMetadata\/v1(?:beta1)?\/instance\/service-accounts(?:\/([^/]+))?/i },
  { provider: 'gcp', pathClass: 'user_data', pattern: /^\/computeMetadata\/v1(?:beta1)?\/(?:instance|project)\/attributes/i },
  { provider: 'gcp', pathClass: 'other', pattern: /^\/computeMetadata/i },
  { provider: 'azure', pathClass: 'credentials', pattern: /^\/metadata\/identity/i },
  { provider: 'azure', pathClass: 'identity', pattern: /^\/metadata\/attested/i },
  { provider: 'azure', pathClass: 'user_data', pattern: /^\/metadata\/instance\/compute\/(?:userData|customData)/i },
  { provider: 'azure', pathClass: 'other', pattern: /^\/metadata\/(?:instance|scheduledevents|loadbalancer|versions)/i },
  { provider: 'oracle', pathClass: 'credentials', pattern: /^\/opc\/v[12]\/identity/i },
  { provider: 'oracle', pathClass: 'user_data', pattern: /^\/opc\/v[12]\/instance\/metadata/i },
  { provider: 'oracle', pathClass: 'other', pattern: /^\/opc\/v[12]/i },
  { provider: 'digitalocean', pathClass: 'user_data', pattern: /^\/metadata\/v1\/user-data/i },
  { provider: 'digitalocean', pathClass: 'other', pattern: /^\/metadata\/v1/i },
  { provider: 'openstack', pathClass: 'user_data', pattern: /^\/openstack\/[^/]+\/user_data/i },
  { provider: 'openstack', pathClass: 'other', pattern: /^\/openstack/i },
]

/** What a path of a metadata service is for; null when no known service has it. A query string is not looked at. */
export function readImdsPath(path: string): ImdsPath | null {
  const plain = path.replace(/[?#].*$/s, '').replaceAll(/\/{2,}/g, '/')
  for (const { provider, pathClass, pattern } of PATTERNS) {
    const match = pattern.exec(plain)
    if (match) return { provider, pathClass, role: match[1] ?? null }
  }
  return null
}
