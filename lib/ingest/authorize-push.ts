import type { Context } from '@/lib/auth/context'
import { isSecret, readAuthorization } from './push-token'

/** The token of a request that may push. */
export interface PushTokenHolder {
  readonly id: number
  readonly name: string
}

/** Compared against when there is no such token, so that an unknown prefix takes as long as a wrong secret. */
const NO_HASH = ''

/** The token that an Authorization header shows, or null when it shows none that is known and not revoked. */
export async function authorizePush({ db }: Pick<Context, 'db'>, authorization: string): Promise<PushTokenHolder | null> {
  const credentials = readAuthorization(authorization)
  if (!credentials) return null
  const row = await db.pushToken.findUnique({ where: { prefix: credentials.prefix } })
  const right = isSecret(credentials.secret, row?.tokenHash ?? NO_HASH)
  return row && right && row.revokedAt === null ? { id: row.id, name: row.name } : null
}

/** Precise enough to tell a token in use from a forgotten one, and seldom enough to cost nothing. */
const USE_EVERY_MS = 60_000

/** Notes that a token was used just now. Bulk requests note it with what they store. */
export async function noteTokenUse({ db, clock }: Pick<Context, 'db' | 'clock'>, id: number): Promise<void> {
  const now = clock()
  const before = new Date(now.getTime() - USE_EVERY_MS)
  await db.pushToken.updateMany({ where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }] }, data: { lastUsedAt: now } })
}

/**
 * Whether a token was ever made. From then on nobody pushes without one: revoking the last of them must not open the door
 * again.
 */
export async function pushTokensInUse({ db }: Pick<Context, 'db'>): Promise<boolean> {
  return (await db.pushToken.findFirst({ select: { id: true } })) !== null
}
