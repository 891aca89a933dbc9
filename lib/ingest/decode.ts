import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { BrokenStreamError } from './broken-stream'
import { startsLikeZstd, unzstd } from './unzstd'

export type Compression = 'none' | 'gzip' | 'zstd'

/** Told from the first bytes, never from a file's name. */
export function sniffCompression(head: Buffer): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  return startsLikeZstd(head) ? 'zstd' : 'none'
}

async function* rechunk(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

async function* gunzip(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(input, { objectMode: false })
  const gz = createGunzip({ chunkSize: 256 * 1024 })
  source.on('error', (error) => gz.destroy(error))
  source.pipe(gz)
  try {
    for await (const chunk of gz) yield chunk as Buffer
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!code.startsWith('Z_')) throw error
    throw new BrokenStreamError(
      code === 'Z_BUF_ERROR' ? 'the gzip stream ends before its end: the file is cut off' : `the gzip stream is damaged (${code})`,
    )
  }
}

/**
 * Decompresses a stream of bytes when it is compressed. Memory stays at a few chunks; more than `limit` bytes of
 * output end it with AppError `too_large`. Throws `BrokenStreamError` where the compressed stream is damaged.
 */
export async function* decode(input: AsyncIterable<Buffer>, limit: number = LIMITS.importBytes): AsyncGenerator<Buffer> {
  const iterator = input[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  while (head.length < 4) {
    const next = await iterator.next()
    if (next.done) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  const source = rechunk(head, iterator)
  const compression = sniffCompression(head)
  const decoded = compression === 'gzip' ? gunzip(source) : compression === 'zstd' ? unzstd(source) : source
  let total = 0
  for await (const chunk of decoded) {
    total += chunk.length
    if (total > limit) {
      throw new AppError('too_large', `The file holds more than ${limit.toLocaleString('en')} bytes after decompression. Split it and send the parts.`)
    }
    yield chunk
  }
}
