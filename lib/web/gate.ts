/**
 * The gate every request passes before Next sees it. The console has no accounts and listens on loopback only; what is left
 * to keep out is the analyst's own browser acting for somebody else: a page that posts here from another site, and a name
 * that its owner has pointed at 127.0.0.1 (DNS rebinding). Pure, so that its rules are one table in the test.
 */
import { targetProblem } from '@/lib/web/request-target'

/** The part of `http.IncomingMessage` that is judged; header names in lower case, as Node gives them. */
export interface GateRequest {
  readonly method: string
  /** The request target as it stands in the request line. */
  readonly target: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

type Status = 400 | 403 | 405 | 414 | 421 | 505

export type GateAnswer = { readonly ok: true } | { readonly ok: false; readonly status: Status; readonly message: string }

/** The names by which a browser on this machine reaches a loopback server. */
export const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]']

const METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?$/

const OK: GateAnswer = { ok: true }

function refuse(status: Status, message: string): GateAnswer {
  return { ok: false, status, message }
}

/** Splits a Host header; undefined when it is not a host with an optional port. */
function parseHost(value: string): { readonly name: string; readonly port: string } | undefined {
  const match = HOST.exec(value.toLowerCase())
  if (!match?.[1] || Number(match[2] ?? 0) > 65_535) return undefined
  return { name: match[1], port: match[2] ?? '80' }
}

function isOwnOrigin(origin: string, host: { readonly name: string; readonly port: string }): boolean {
  if (!origin.startsWith('http://')) return false
  const from = parseHost(origin.slice('http://'.length))
  return from !== undefined && from.name === host.name && from.port === host.port
}

/**
 * Answers whether a request may go on. `allowedHosts` are names without port: a tunnel or a container may show the server
 * under another port, and what identifies a foreign page is the name, or for its requests the whole origin.
 */
export function checkRequest(request: GateRequest, allowedHosts: readonly string[]): GateAnswer {
  const { method, target, headers } = request
  if (!METHODS.has(method)) return refuse(405, `Method ${method} is not served here.`)
  const problem = targetProblem(target)
  if (problem) return refuse(problem.status, problem.message)

  const hostHeader = headers['host']
  if (Array.isArray(hostHeader)) return refuse(400, 'The request has more than one Host header.')
  if (typeof hostHeader !== 'string' || hostHeader === '') return refuse(400, 'The request has no Host header.')
  const host = parseHost(hostHeader)
  if (!host || !allowedHosts.includes(host.name)) {
    const name = allowedHosts[0] ?? 'localhost'
    const port = host === undefined || host.port === '80' ? '' : `:${host.port}`
    return refuse(421, `This server does not answer for that host name. Open it as http://${name}${port} instead.`)
  }

  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = headers
  const upgrade = headers['upgrade'] !== undefined
  // A link in a mail or a ticket may open a page, and nothing but a page; browsers set these headers themselves, a page cannot forge them.
  if (method === 'GET' && !upgrade && !target.startsWith('/api/') && mode === 'navigate' && dest === 'document') return OK
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return refuse(403, 'Requests from other sites are refused.')
  if (origin !== undefined && (typeof origin !== 'string' || !isOwnOrigin(origin, host))) {
    return refuse(403, 'Requests from other origins are refused.')
  }
  // With neither header it is not a browser's: curl, a collector. Those cannot be lured.
  return OK
}
