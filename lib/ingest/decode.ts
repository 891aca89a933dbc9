import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { gunzip } from './gunzip'
import { startsLikeZstd, unzstd } from './unzstd'

export type Compression = 'none' | 'gzip' | 'zstd'

/** Told from the first bytes, never from a file's name. */
export function sniffCompression(head: Buffer): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  return startsLikeZstd(head) ? 'zstd' : 'none'
}

/** What files begin with that are often taken for logs, and cannot be read: named, instead of thousands of lines that are no JSON. */
const FOREIGN: readonly { readonly begins: readonly number[]; readonly is: string; readonly remedy: string }[] = [
  { begins: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], is: 'compressed with xz', remedy: 'Unpack it, or compress it with gzip or zstd' },
  { begins: [0x42, 0x5a, 0x68], is: 'compressed with bzip2', remedy: 'Unpack it, or compress it with gzip or zstd' },
  { begins: [0x04, 0x22, 0x4d, 0x18], is: 'compressed with lz4', remedy: 'Unpack it, or compress it with gzip or zstd' },
  { begins: [0x50, 0x4b, 0x03, 0x04], is: 'a ZIP archive', remedy: 'Unpack it and send what is in it' },
  { begins: [0xff, 0xfe], is: 'text in UTF-16', remedy: 'Convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)' },
  { begins: [0xfe, 0xff], is: 'text in UTF-16', remedy: 'Convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)' },
  { begins: [0x7f, 0x45, 0x4c, 0x46], is: 'a program (ELF)', remedy: 'Send logs of events' },
  { begins: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66], is: 'a database (SQLite)', remedy: 'Send logs of events' },
]
/** As many bytes as the longest beginning has. */
const HEAD_BYTES = Math.max(...FOREIGN.map(({ begins }) => begins.length))

function refuseForeign(head: Buffer, unpacked: boolean): void {
  const found = FOREIGN.find(({ begins }) => begins.every((byte, at) => head[at] === byte))
  const again = unpacked ? sniffCompression(head) : 'none'
  if (found) throw new AppError('unsupported', `The ${unpacked ? 'content' : 'file'} is ${found.is}, which is not read here. ${found.remedy}`)
  if (again !== 'none') throw new AppError('unsupported', `The content is compressed once more, with ${again}. Unpack it once and send it again`)
}

async function* rechunk(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

/**
 * Decompresses a stream of bytes when it is compressed. Memory stays at a few chunks; more than `limit` bytes of
 * output end it with AppError `too_large`. Throws `BrokenStreamError` where the compressed stream is damaged, and
 * AppError `unsupported` naming what the content is when that is no text that could be read. `note` is told what was passed over.
 */
export async function* decode(input: AsyncIterable<Buffer>, note: (text: string) => void, limit: number = LIMITS.importBytes): AsyncGenerator<Buffer> {
  const iterator = input[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  while (head.length < HEAD_BYTES) {
    const next = await iterator.next()
    if (next.done) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  const source = rechunk(head, iterator)
  const compression = sniffCompression(head)
  if (compression === 'none') refuseForeign(head, false)
  const decoded = compression === 'gzip' ? gunzip(source, note) : compression === 'zstd' ? unzstd(source) : source
  let total = 0
  let begin: Buffer | null = compression === 'none' ? null : Buffer.alloc(0)
  for await (const chunk of decoded) {
    if (begin !== null) {
      begin = Buffer.concat([begin, chunk.subarray(0, HEAD_BYTES)])
      refuseForeign(begin, true)
      if (begin.length >= HEAD_BYTES) begin = null
    }
    total += chunk.length
    if (total > limit) {
      throw new AppError('too_large', `The file holds more than ${limit.toLocaleString('en')} bytes after decompression. Split it and send the parts.`)
    }
    yield chunk
  }
}
