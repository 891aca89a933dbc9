import { AppError } from '@/lib/errors'
import { importRequest } from '@/lib/ingest/schema'
import type { ImportRequest } from '@/lib/ingest/schema'
import { LIMITS } from '@/lib/limits'

const KEY = /^[\x21-\x7e]+$/
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

function malformed(pair: string): AppError {
  return new AppError('invalid', `Upload-Metadata: "${pair.slice(0, 40)}" is not a key, a blank and a value in Base64.`)
}

/** Reads tus's Upload-Metadata: `key BASE64,key BASE64,…`; a key may stand alone. Throws `invalid`. */
export function parseMetadata(header: string): ReadonlyMap<string, string> {
  if (header.length > LIMITS.uploadMetadata) throw new AppError('too_large', `Upload-Metadata is longer than ${LIMITS.uploadMetadata.toLocaleString('en')} characters.`)
  const found = new Map<string, string>()
  for (const pair of header.split(',')) {
    const [key = '', value = '', ...rest] = pair.trim().split(' ')
    if (key === '' && header.trim() === '') continue
    if (!KEY.test(key) || !BASE64.test(value) || rest.length > 0 || found.has(key)) throw malformed(pair)
    found.set(key, Buffer.from(value, 'base64').toString('utf8'))
  }
  return found
}

/**
 * The import an upload's metadata asks for: `filename` (or `name`, as some clients say), `source`, `format`, `host`; other
 * keys mean nothing here. Throws `invalid` naming the key.
 */
export function requestOf(metadata: ReadonlyMap<string, string>, defaults: Pick<ImportRequest, 'source' | 'kind'>): ImportRequest {
  const told = (key: string): string | undefined => metadata.get(key)?.trim() || undefined
  const parsed = importRequest.safeParse({
    name: told('filename') ?? told('name') ?? 'upload',
    source: told('source') ?? defaults.source,
    kind: defaults.kind,
    format: told('format'),
    host: told('host'),
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AppError('invalid', `Upload-Metadata: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`)
}
