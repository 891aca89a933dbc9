/** Where the interface for shippers lives among the routes. */
export const SHIPPER_ROUTE = '/api/es'

/** The part of `http.IncomingMessage` that tells a shipper; header names in lower case, as Node gives them. */
export interface ShipperRequest {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Paths that only a client of Elasticsearch asks for: `/_bulk`, `/_license`, `/{index}/_doc/{id}`. Next's own are left out. */
const OWN_PATH = /^\/(?:_(?!next|_)[a-z]|[^/]+\/_(?:bulk|doc|create|update|mapping|mappings|settings|alias|aliases|refresh|flush|search|count|rollover)(?:\/|$))/
const INDEX_PATH = /^\/[^/]+$/
const CLIENT_NAME = /elastic|beat|logstash|vector|fluent|rsyslog|syslog-ng|opentelemetry|otel|cribl|telegraf|nxlog/i

function text(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.join(', ') ?? '')
}

/** A client of Elasticsearch says so in one way or another; what shows credentials here is none of the console's pages. */
function isClient(headers: ShipperRequest['headers']): boolean {
  return (
    headers['authorization'] !== undefined ||
    headers['x-elastic-client-meta'] !== undefined ||
    headers['x-elastic-product-origin'] !== undefined ||
    text(headers['accept']).includes('vnd.elasticsearch+') ||
    CLIENT_NAME.test(text(headers['user-agent']))
  )
}

/**
 * The target under which a shipper's request is answered, or null when it is the console's. Shippers take the address of
 * the console for that of an Elasticsearch, so its paths begin at the root: `GET /` is both the console's first page and the
 * greeting of a cluster. A browser, known by its fetch metadata, always gets the console.
 */
export function shipperTarget({ method, target, headers }: ShipperRequest): string | null {
  // Not `sec-fetch-mode`: Node's fetch sends that as well.
  if (headers['sec-fetch-site'] !== undefined) return null
  const [path = '', ...query] = target.split('?')
  // Next would answer a slash at the end with a redirect, which a shipper does not follow.
  const plain = path.length > 1 ? path.replace(/\/+$/, '') : path
  const own = OWN_PATH.test(plain)
  const shared = plain === '/' ? method === 'GET' || method === 'HEAD' : INDEX_PATH.test(plain) && (method === 'HEAD' || method === 'PUT')
  if (!own && !(shared && isClient(headers))) return null
  return [`${SHIPPER_ROUTE}${plain === '/' ? '' : plain}`, ...query].join('?')
}
