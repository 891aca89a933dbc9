/**
 * Tells the console's own pages from other programs. Every page that a browser opens brings a cookie with the key; a request
 * without a push token passes as the page's own when it comes from our own origin and shows it. Fetch metadata alone is a header
 * that any script can write.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Set by the server on what passes, after whatever the sender wrote there was removed. */
export const OWN_PAGE_HEADER = 'x-linklocal-own-page'

const KEY = /^[A-Za-z0-9_-]{43}$/
const COOKIE_SECONDS = 400 * 24 * 3600

type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>

function text(value: HeaderMap[string]): string {
  return typeof value === 'string' ? value : ''
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest()
}

/** The key of a data directory: made once, so that pages that are open stay known over a restart. */
export function readConsoleKey(dataDir: string): string {
  const file = path.join(dataDir, 'console.key')
  try {
    const known = readFileSync(file, 'utf8').trim()
    if (KEY.test(known)) return known
  } catch {
    // There is none yet.
  }
  const key = randomBytes(32).toString('base64url')
  writeFileSync(file, `${key}\n`, { mode: 0o600 })
  return key
}

/** Cookies do not tell ports apart: two consoles on one machine have names of their own. */
function cookieName(host: string): string {
  return `linklocal-${/:(\d+)$/.exec(host)?.[1] ?? '80'}`
}

export class ConsoleKey {
  readonly #key: string
  readonly #digest: Buffer

  constructor(key: string) {
    this.#key = key
    this.#digest = digest(key)
  }

  /** The cookie for an answer, null when the request needs none: it has the right one, or is none by which a page is opened. */
  cookieFor(method: string, headers: HeaderMap): string | null {
    if (method !== 'GET' || headers['sec-fetch-mode'] !== 'navigate' || this.#isShown(headers)) return null
    return `${cookieName(text(headers['host']))}=${this.#key}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Strict`
  }

  /** Whether a request was sent by a page of this console. */
  isOwnPage(headers: HeaderMap): boolean {
    return headers['sec-fetch-site'] === 'same-origin' && this.#isShown(headers)
  }

  #isShown(headers: HeaderMap): boolean {
    const name = `${cookieName(text(headers['host']))}=`
    return text(headers['cookie'])
      .split(';')
      .map((pair) => pair.trim())
      .some((pair) => pair.startsWith(name) && timingSafeEqual(digest(pair.slice(name.length)), this.#digest))
  }
}
