export interface DecodedWord {
  readonly encoding: 'base64' | 'URL' | 'hex'
  readonly encoded: string
  readonly decoded: string
}

const MOST = 8
const LONGEST = 16_384

const BASE64 = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{16,}={0,2}(?![A-Za-z0-9+/_=-])/g
const URL_ENCODED = /[^\s'"`]*%[0-9a-fA-F]{2}[^\s'"`]*/g
const HEX_ESCAPED = /(?:\\x[0-9a-fA-F]{2}){3,}/g

function isReadable(text: string): boolean {
  return text.length > 0 && !/[^\P{C}\n\r\t]/u.test(text)
}

function fromBytes(binary: string): string | undefined {
  try {
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return isReadable(text) ? text : undefined
  } catch {
    return undefined
  }
}

function fromBase64(word: string): string | undefined {
  const plain = word.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  if (plain.length % 4 === 1) return undefined
  try {
    const text = fromBytes(atob(plain))
    // Twelve arbitrary bytes are all ASCII once in a hundred thousand words; other scripts would be a coincidence.
    return text !== undefined && /^[\x20-\x7e\s]+$/.test(text) ? text : undefined
  } catch {
    return undefined
  }
}

function fromUrl(word: string): string | undefined {
  try {
    return decodeURIComponent(word)
  } catch {
    return undefined
  }
}

function fromHex(word: string): string | undefined {
  return fromBytes(word.replace(/\\x(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))))
}

/**
 * The words of a command line that say something else when decoded: base64 (also URL-safe) of readable text, URL-encoding,
 * and runs of `\x41`. At most eight; only what decodes to text is listed. Nothing is decoded twice.
 */
export function decodedWords(text: string): DecodedWord[] {
  const found: DecodedWord[] = []
  const scan = (encoding: DecodedWord['encoding'], pattern: RegExp, decode: (word: string) => string | undefined) => {
    for (const [encoded] of text.slice(0, LONGEST).matchAll(pattern)) {
      if (found.length === MOST) return
      const decoded = decode(encoded)
      if (decoded !== undefined && decoded !== encoded && !found.some((word) => word.encoded === encoded)) found.push({ encoding, encoded, decoded })
    }
  }
  scan('base64', BASE64, fromBase64)
  scan('URL', URL_ENCODED, fromUrl)
  scan('hex', HEX_ESCAPED, fromHex)
  return found
}
