import { AppError } from '@/lib/errors'
import { BrokenStreamError } from '@/lib/ingest/broken-stream'
import { decode } from '@/lib/ingest/decode'
import { LIMITS } from '@/lib/limits'
import type { HeldRequest } from '@/lib/web/push-pressure'

export interface BulkBody {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** As they came, before decompression. */
  readonly wireBytes: number
}

/** What is told from the content as well; a sender that names something else means it. */
const ENCODINGS = new Set(['', 'identity', 'gzip', 'x-gzip', 'zstd'])

function tooLarge(): AppError {
  return new AppError('too_large', `The request has more than ${LIMITS.pushBytes.toLocaleString('en')} bytes after decompression. Send it in smaller parts.`)
}

/**
 * Reads the whole body of a push, decompressed, into an allocation of its own. Stops at `LIMITS.pushBytes` of output, so
 * that a small body that unpacks to a huge one costs no more than that. Throws `too_large`, `unsupported`, `invalid` for a
 * damaged one, and `busy` from `held`.
 */
export async function readBulkBody(request: Pick<Request, 'body' | 'headers'>, held: HeldRequest): Promise<BulkBody> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? ''
  if (!ENCODINGS.has(encoding)) throw new AppError('unsupported', `The encoding ${encoding} is not read here. Send the body plain, or as gzip or zstd.`)
  if (Number(request.headers.get('content-length') ?? 0) > LIMITS.pushBytes) throw tooLarge()
  const { body } = request
  if (body === null) return { bytes: new Uint8Array(0), wireBytes: 0 }
  let wireBytes = 0
  async function* counted(from: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    for await (const chunk of from) {
      wireBytes += chunk.byteLength
      // Packed nothing may be endless.
      if (wireBytes > LIMITS.pushBytes) throw tooLarge()
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    }
  }
  // A file may be padded; of a request what follows its content is a mistake.
  const damaged = (what: string): never => {
    throw new AppError('invalid', `The body cannot be decompressed: ${what}`)
  }
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of decode(counted(body), damaged)) {
      size += chunk.length
      if (size > LIMITS.pushBytes) throw tooLarge()
      held.hold(chunk.length)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof BrokenStreamError) throw new AppError('invalid', `The body cannot be decompressed: ${error.message}.`)
    throw error
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return { bytes, wireBytes }
}
