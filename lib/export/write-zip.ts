import { createHash } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'
import { compareText } from '@/lib/lang/text-order'
import { CHECKSUMS_PATH, MANIFEST_PATH, PACKED_PATH } from './schema'
import type { ManifestFile } from './schema'
import type { ExportFile } from './export-file'
import { dataDescriptor, DEFLATED, directoryRecord, endRecord, localHeader, STORED } from './zip-format'
import type { ZipFacts } from './zip-format'

export interface ZipContents {
  /** The one folder at the top. */
  readonly folder: string
  readonly files: readonly ExportFile[]
  readonly described: readonly ManifestFile[]
  readonly manifest: string
  readonly checksums: string
}

/** Passes a file's bytes on, counted, and fails when they are not those that the manifest was made of. */
function* checked(file: ExportFile, expected: ManifestFile, count: (chunk: Buffer) => void): Generator<Buffer> {
  const hash = createHash('sha256')
  for (const chunk of file.read()) {
    hash.update(chunk)
    count(chunk)
    yield chunk
  }
  if (hash.digest('hex') !== expected.sha256) throw new Error(`${file.path} changed while it was exported`)
}

/** A file's header, its bytes deflated, and what stands behind them; answers what the directory says of it. */
async function* fileBytes(name: string, file: ExportFile, expected: ManifestFile, offset: number): AsyncGenerator<Buffer, { facts: ZipFacts; packedSha256: string }> {
  const head = { name: Buffer.from(name, 'utf8'), method: DEFLATED, sizesFollow: true, offset }
  yield localHeader({ ...head, crc32: 0, packedBytes: 0, bytes: 0 })
  let crc = 0
  let bytes = 0
  let packedBytes = 0
  const packedHash = createHash('sha256')
  const source = checked(file, expected, (chunk) => {
    crc = crc32(chunk, crc)
    bytes += chunk.length
  })
  const packed = createDeflateRaw({ level: 6, chunkSize: 64 * 1024 })
  // The loop below meets every error, as the stream's own.
  pipeline(Readable.from(source, { objectMode: false }), packed, () => undefined)
  for await (const chunk of packed as AsyncIterable<Buffer>) {
    packedHash.update(chunk)
    packedBytes += chunk.length
    yield chunk
  }
  const facts = { ...head, crc32: crc, packedBytes, bytes }
  yield dataDescriptor(facts)
  return { facts, packedSha256: packedHash.digest('hex') }
}

async function* zipBytes({ folder, files, described, manifest, checksums }: ZipContents): AsyncGenerator<Buffer> {
  const digests = new Map(described.map((file) => [file.path, file]))
  const directory: ZipFacts[] = []
  const packedSums: string[] = []
  let offset = 0
  for (const file of [...files].sort((a, b) => compareText(a.path, b.path))) {
    const expected = digests.get(file.path)
    if (!expected) throw new Error(`${file.path} has no digest`)
    const parts = fileBytes(`${folder}/${file.path}`, file, expected, offset)
    let part = await parts.next()
    try {
      for (; part.done !== true; part = await parts.next()) {
        offset += part.value.length
        yield part.value
      }
    } finally {
      await parts.return(undefined as never)
    }
    directory.push(part.value.facts)
    packedSums.push(`${part.value.packedSha256}  ${file.path}\n`)
  }
  // The lists stand last, as they are: nothing of them depends on how a file was packed but the list that says so.
  for (const [path, text] of [[MANIFEST_PATH, manifest], [CHECKSUMS_PATH, checksums], [PACKED_PATH, packedSums.join('')]] as const) {
    const contents = Buffer.from(text, 'utf8')
    const facts = {
      name: Buffer.from(`${folder}/${path}`, 'utf8'),
      method: STORED,
      sizesFollow: false,
      crc32: crc32(contents),
      packedBytes: contents.length,
      bytes: contents.length,
      offset,
    }
    const whole = Buffer.concat([localHeader(facts), contents])
    offset += whole.length
    directory.push(facts)
    yield whole
  }
  const records = Buffer.concat(directory.map(directoryRecord))
  yield records
  yield endRecord(directory.length, records.length, offset)
}

/**
 * The ZIP as a stream: files sorted by path and deflated, then the lists, stored; one fixed time and mode. The same contents
 * give the same bytes with the same zlib. The stream is destroyed with an error when a file is not what the manifest says.
 */
export function zipStream(contents: ZipContents): Readable {
  return Readable.from(zipBytes(contents), { objectMode: false })
}
