/**
 * What an Elasticsearch of one node with nothing to set up would answer: just enough for shippers to be content and begin
 * to send. Templates, policies, pipelines and indices are said to exist, and what is put is acknowledged and forgotten:
 * events are stored as they are. Pure.
 */
import { LIMITS } from '@/lib/limits'

export interface ClusterRequest {
  readonly method: string
  /** The path's segments, decoded: `['_index_template', 'filebeat']`. */
  readonly path: readonly string[]
  /** As `127.0.0.1:3000`: a client that asks which nodes there are must not go elsewhere. */
  readonly host: string
  /** Stays the same for a data directory. */
  readonly clusterId: string
  /** The version that the client asked to be compatible with, or null. */
  readonly major: number | null
  /** Whose token it is. */
  readonly holder: string
}

export interface ClusterAnswer {
  readonly status: number
  /** An object is sent as JSON, a text as it is. */
  readonly body: object | string
}

const NAME = 'linklocal'
const ACKNOWLEDGED = { acknowledged: true }
const SHARDS = { _shards: { total: 1, successful: 1, failed: 0 } }
/** The newest of the line that every shipper in use can talk to; a client that names a later one is answered with that. */
const VERSION = '8.19.0'

function version(major: number | null): object {
  return {
    number: major !== null && major > 8 && major < 20 ? `${major}.0.0` : VERSION,
    build_flavor: 'default',
    build_type: 'tar',
    build_hash: NAME,
    build_date: '2026-01-01T00:00:00.000Z',
    build_snapshot: false,
    lucene_version: '9.12.2',
    minimum_wire_compatibility_version: '7.17.0',
    minimum_index_compatibility_version: '7.0.0',
  }
}

const LICENSE = { uid: NAME, type: 'basic', mode: 'basic', status: 'active' }

function ok(body: object | string): ClusterAnswer {
  return { status: 200, body }
}

function node({ host, major }: ClusterRequest): object {
  const { number } = version(major) as { number: string }
  const http = { bound_address: [host], publish_address: host, max_content_length_in_bytes: LIMITS.pushBytes }
  return { name: NAME, transport_address: host, host, ip: host.replace(/:\d+$/, ''), version: number, roles: ['data', 'ingest', 'master'], http }
}

type Answer = (request: ClusterRequest, name: string) => object | string

/** By the first segment. Each of them takes `PUT`, `POST` and `DELETE` as well, which are acknowledged. */
const RESOURCES: Readonly<Record<string, Answer>> = {
  _license: () => ({ license: { ...LICENSE, issued_to: NAME, issuer: NAME, issue_date_in_millis: 0, start_date_in_millis: -1, max_nodes: 1 } }),
  _xpack: () => ({ build: { hash: NAME, date: '2026-01-01T00:00:00.000Z' }, license: LICENSE, features: { ilm: { available: true, enabled: true }, security: { available: true, enabled: true } }, tagline: '' }),
  _nodes: (request) => ({ _nodes: { total: 1, successful: 1, failed: 0 }, cluster_name: NAME, nodes: { [NAME]: node(request) } }),
  _index_template: (_, name) => ({ index_templates: [{ name, index_template: { index_patterns: [`${name}*`], composed_of: [], priority: 0, version: 0 } }] }),
  _component_template: (_, name) => ({ component_templates: [{ name, component_template: { template: {}, version: 0 } }] }),
  _template: (_, name) => ({ [name]: { order: 0, version: 0, index_patterns: [`${name}*`], settings: {}, mappings: {}, aliases: {} } }),
  _ilm: ({ path }) => (path[1] === 'status' ? { operation_mode: 'RUNNING' } : { [path[2] ?? NAME]: { version: 1, modified_date: '2026-01-01T00:00:00.000Z', policy: { phases: {} } } }),
  _ingest: ({ path }) => ({ [path[2] ?? NAME]: { processors: [] } }),
  _data_stream: (_, name) => ({ data_streams: [{ name, timestamp_field: { name: '@timestamp' }, indices: [], generation: 1, status: 'GREEN', template: name }] }),
  _alias: (_, name) => ({ [`${name}-000001`]: { aliases: { [name]: { is_write_index: true } } } }),
  _security: ({ holder }) => ({ username: holder, roles: [], full_name: null, email: null, metadata: {}, enabled: true, authentication_type: 'api_key' }),
  _refresh: () => SHARDS,
  _flush: () => SHARDS,
  _resolve: (_, name) => ({ indices: [], aliases: [], data_streams: [{ name }] }),
  _cat: () => '',
}

function health(): object {
  return {
    cluster_name: NAME, status: 'green', timed_out: false, number_of_nodes: 1, number_of_data_nodes: 1, active_primary_shards: 1, active_shards: 1,
    relocating_shards: 0, initializing_shards: 0, unassigned_shards: 0, delayed_unassigned_shards: 0, number_of_pending_tasks: 0,
    number_of_in_flight_fetch: 0, task_max_waiting_in_queue_millis: 0, active_shards_percent_as_number: 100,
  }
}

function cluster(kind: string | undefined): object | null {
  if (kind === 'health') return health()
  if (kind === 'settings') return { persistent: {}, transient: {} }
  return null
}

/** An index, which is never made: `/{index}`, `/{index}/_mapping` and what else shippers ask about one. */
function index(method: string, name: string, part: string | undefined): object | null {
  if (part === '_refresh' || part === '_flush') return SHARDS
  if (part !== undefined && !['_mapping', '_mappings', '_settings', '_alias', '_aliases'].includes(part)) return null
  if (method === 'PUT') return { ...ACKNOWLEDGED, shards_acknowledged: true, index: name }
  if (method !== 'GET' && method !== 'HEAD') return ACKNOWLEDGED
  return { [name]: { aliases: {}, mappings: {}, settings: {} } }
}

/** The body of an error, as Elasticsearch's clients read it. */
export function clusterError(status: number, type: string, reason: string): ClusterAnswer {
  return { status, body: { error: { root_cause: [{ type, reason }], type, reason }, status } }
}

/** Answers everything but the requests that bring documents. */
export function answerCluster(request: ClusterRequest): ClusterAnswer {
  const { method, path } = request
  const [first, second] = path
  if (first === undefined) return ok({ name: NAME, cluster_name: NAME, cluster_uuid: request.clusterId, version: version(request.major), tagline: 'You Know, for Search' })
  if (first === '_cluster') {
    const body = cluster(second)
    if (body) return ok(body)
  } else if (first.startsWith('_')) {
    if (first === '_cat' && second === 'health') return ok(`${NAME} green 1 1 1 1 0 0 0 0 - 100.0%\n`)
    const answer = Object.hasOwn(RESOURCES, first) ? RESOURCES[first] : undefined
    if (answer) return ok(method === 'GET' || method === 'HEAD' || first === '_refresh' || first === '_flush' ? answer(request, second ?? NAME) : ACKNOWLEDGED)
  } else {
    const body = index(method, first, second)
    if (body) return ok(body)
  }
  return clusterError(400, 'illegal_argument_exception', `no handler found for uri [/${path.join('/')}] and method [${method}]: Linklocal takes events in by _bulk, _doc and _create, and is searched in its console`)
}
