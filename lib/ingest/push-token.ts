import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A push token as its holder writes it: the public prefix, and the secret of which only the digest is stored. */
export interface PushCredentials {
  readonly prefix: string
  readonly secret: string
}

const PREFIX = /^ll_[0-9a-f]{12}$/
const SECRET = /^[A-Za-z0-9_-]{43}$/
/** Longer than any form of a token in any of the schemes. */
const HEADER_LENGTH = 512

export function newCredentials(): PushCredentials {
  return { prefix: `ll_${randomBytes(6).toString('hex')}`, secret: randomBytes(32).toString('base64url') }
}

/** The token in one word, for `Authorization: Bearer`. */
export function tokenText({ prefix, secret }: PushCredentials): string {
  return `${prefix}.${secret}`
}

/** The secret has 256 random bits: nothing slower than one SHA-256 would make it harder to guess. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Whether the secret is the one of this digest, in a time that does not tell how much of it is right. */
export function isSecret(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(hash.padEnd(64, '0').slice(0, 64), 'hex'))
}

function split(text: string, separator: string): PushCredentials | null {
  const at = text.indexOf(separator)
  if (at === -1) return null
  const prefix = text.slice(0, at)
  const secret = text.slice(at + 1)
  return PREFIX.test(prefix) && SECRET.test(secret) ? { prefix, secret } : null
}

/** One word: `prefix.secret` as we show it, or `prefix:secret` as an id and a key are written elsewhere. */
function parseToken(text: string): PushCredentials | null {
  return split(text, '.') ?? split(text, ':')
}

/**
 * Reads an Authorization header: `Bearer TOKEN`, `ApiKey TOKEN`, `ApiKey base64(prefix:secret)` as Elasticsearch's clients
 * send it, or `Basic` with the prefix as user and the secret as password (or the whole token as password), for shippers
 * that know nothing else. Null when it holds no push token.
 */
export function readAuthorization(header: string): PushCredentials | null {
  if (header.length > HEADER_LENGTH) return null
  const [, scheme = '', value = ''] = /^([A-Za-z]+) +(\S+)\s*$/.exec(header) ?? []
  const decoded = (): string => Buffer.from(value, 'base64').toString('utf8')
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return parseToken(value)
    case 'apikey':
      return parseToken(value) ?? parseToken(decoded())
    case 'basic': {
      const pair = decoded()
      return parseToken(pair) ?? parseToken(pair.slice(pair.indexOf(':') + 1))
    }
    default:
      return null
  }
}
