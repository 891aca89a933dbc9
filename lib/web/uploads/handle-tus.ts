/**
 * The tus 1.0 protocol for resumable uploads (https://tus.io/protocols/resumable-upload): its core with the extensions
 * creation, termination and expiration, over imports that stay open between connections.
 */
import type { Context } from '@/lib/auth/context'
import { noteTokenUse } from '@/lib/ingest/authorize-push'
import { LIMITS } from '@/lib/limits'
import { errorResponse } from '@/lib/web/http'
import { holderActor, readSender } from '@/lib/web/push-auth'
import { parseMetadata, requestOf } from './upload-metadata'
import type { UploadDesk, UploadState } from './upload-desk'

const VERSION = '1.0.0'
const CONTENT_TYPE = 'application/offset+octet-stream'

export interface TusEnvironment {
  readonly context: Pick<Context, 'db' | 'clock' | 'actor'>
  readonly desk: UploadDesk
}

type FieldMap = Readonly<Record<string, string>>

function answer(status: number, headers: FieldMap = {}): Response {
  return new Response(null, { status, headers: { 'cache-control': 'no-store', ...headers } })
}

function refuse(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status, headers: { 'cache-control': 'no-store' } })
}

/** A whole number of bytes as tus writes it, or null. */
function byteCount(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null
}

function expires({ context, desk }: TusEnvironment): string {
  return new Date(context.clock().getTime() + desk.waitMs).toUTCString()
}

/** The place of an upload, or what became of it: all stored, ended early with the summary that says why, or gone. */
function told(environment: TusEnvironment, { status, offset, length, summary }: UploadState): Response {
  if (status !== 'ended') return answer(204, { 'upload-offset': String(offset), 'upload-expires': expires(environment) })
  if (summary?.error === null && offset === length) return answer(204, { 'upload-offset': String(offset) })
  return summary === null
    ? refuse(410, 'gone', 'The upload has ended. Send the file again as a new one; what was stored is counted once.')
    : Response.json(summary, { status: 422, headers: { 'cache-control': 'no-store' } })
}

async function create(environment: TusEnvironment, { headers, url }: Request): Promise<Response> {
  const { context, desk } = environment
  const sender = await readSender(context, headers)
  const length = byteCount(headers.get('upload-length'))
  if (length === null) return refuse(400, 'invalid', 'Upload-Length is missing or no number of bytes. A length that is told later is not supported.')
  const metadata = parseMetadata(headers.get('upload-metadata') ?? '')
  const request = requestOf(metadata, sender ? { source: sender.name, kind: 'push' } : { source: 'upload', kind: 'upload' })
  if (sender) await noteTokenUse(context, sender.id)
  const id = await desk.create(request, length, sender ? holderActor(sender) : context.actor.name, sender !== null)
  const { pathname } = new URL(url)
  return answer(201, { location: `${pathname.replace(/\/+$/, '')}/${id}`, 'upload-expires': expires(environment) })
}

async function head(environment: TusEnvironment, id: string, actor: string): Promise<Response> {
  const state = await environment.desk.resume(id, actor)
  const ended = told(environment, state)
  // An upload that ended early cannot be gone on with: for who asks where, it is gone.
  if (ended.status !== 204) return answer(410)
  return answer(200, { ...Object.fromEntries(ended.headers), 'upload-length': String(state.length) })
}

async function patch(environment: TusEnvironment, request: Request, id: string, actor: string): Promise<Response> {
  const { headers } = request
  if (headers.get('content-type') !== CONTENT_TYPE) return refuse(415, 'unsupported', `The bytes of an upload are sent as ${CONTENT_TYPE}.`)
  const offset = byteCount(headers.get('upload-offset'))
  if (offset === null) return refuse(400, 'invalid', 'Upload-Offset is missing or no number of bytes.')
  return told(environment, await environment.desk.append(id, actor, offset, request.body))
}

async function handle(environment: TusEnvironment, request: Request, id: string | null): Promise<Response> {
  const { method, headers } = request
  if (method === 'OPTIONS') {
    return answer(204, { 'tus-version': VERSION, 'tus-extension': 'creation,termination,expiration', 'tus-max-size': String(LIMITS.importBytes) })
  }
  if (headers.get('tus-resumable') !== VERSION) {
    const refused = refuse(412, 'precondition_failed', `This speaks tus ${VERSION}: say so with Tus-Resumable: ${VERSION}.`)
    refused.headers.set('tus-version', VERSION)
    return refused
  }
  if (id === null) return method === 'POST' ? create(environment, request) : refuse(405, 'invalid', 'Uploads are made here with POST.')
  const sender = await readSender(environment.context, headers)
  const actor = sender ? holderActor(sender) : environment.context.actor.name
  if (method === 'HEAD') return head(environment, id, actor)
  if (method === 'PATCH') return patch(environment, request, id, actor)
  if (method !== 'DELETE') return refuse(405, 'invalid', `${method} means nothing for an upload.`)
  const { status } = await environment.desk.terminate(id, actor)
  return answer(status === 'ended' ? 204 : 410)
}

/** Answers one request of a tus client; `id` is the last part of its path, null for the place where uploads are made. */
export async function handleTus(environment: TusEnvironment, request: Request, id: string | null): Promise<Response> {
  let response: Response
  try {
    response = await handle(environment, request, id)
  } catch (error) {
    response = errorResponse(error, undefined, request)
  }
  response.headers.set('tus-resumable', VERSION)
  return response
}
