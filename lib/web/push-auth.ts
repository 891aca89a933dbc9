import type { Context } from '@/lib/auth/context'
import { AppError } from '@/lib/errors'
import { authorizePush, pushTokensInUse } from '@/lib/ingest/authorize-push'
import type { PushTokenHolder } from '@/lib/ingest/authorize-push'
import { OWN_PAGE_HEADER } from '@/lib/web/console-key'

/** How what a token sends is signed in imports and in the audit log. */
export function holderActor({ name }: PushTokenHolder): string {
  return `push token ${name}`
}

function refuse(message: string): AppError {
  return new AppError('unauthenticated', message)
}

/** The holder of the token that a request shows. Throws `unauthenticated`, saying how to get one. */
export async function requireHolder(context: Pick<Context, 'db'>, headers: Headers): Promise<PushTokenHolder> {
  const authorization = headers.get('authorization')
  if (authorization === null) throw refuse('A push token is missing. Create one on the console’s Sources page and send it as Authorization: ApiKey or Bearer.')
  const holder = await authorizePush(context, authorization)
  if (!holder) throw refuse('The push token is not known here, or it was revoked. The console’s Sources page lists those in use.')
  return holder
}

/**
 * Who sends to `POST /api/ingest`: the holder of a token, or null for the console's own page and, as long as no token was
 * ever made, for any program on this machine (the gate has kept other sites' pages out). Throws `unauthenticated`.
 */
export async function readSender(context: Pick<Context, 'db'>, headers: Headers): Promise<PushTokenHolder | null> {
  if (headers.get('authorization') !== null) return requireHolder(context, headers)
  // Set by the server where a page of the console showed its key; a sender's own was removed.
  if (headers.get(OWN_PAGE_HEADER) !== null) return null
  return (await pushTokensInUse(context)) ? requireHolder(context, headers) : null
}
