import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { PassThrough } from 'node:stream'
import { ZipFile } from 'yazl'
import { compareText } from '@/lib/lang/text-order'
import { CHECKSUMS_PATH, MANIFEST_PATH } from './schema'
import type { ManifestFile } from './schema'
import type { ExportFile } from './export-file'

/**
 * The same in every file of every export. A ZIP's own time has no zone and is taken from the local clock's fields, so this
 * is made of local fields, and the extension that would add the instant in UTC is left off.
 */
function entryOptions() {
  return { mtime: new Date(1980, 0, 1, 12), mode: 0o100644, compress: true, compressionLevel: 6, forceDosTimestamp: true }
}

/** Passes a file's bytes on and fails when they are not those that the manifest was made of. */
function* checked(file: ExportFile, expected: ManifestFile): Generator<Buffer> {
  const hash = createHash('sha256')
  for (const chunk of file.read()) {
    hash.update(chunk)
    yield chunk
  }
  if (hash.digest('hex') !== expected.sha256) throw new Error(`${file.path} changed while it was exported`)
}

export interface ZipContents {
  /** The one folder at the top. */
  readonly folder: string
  readonly files: readonly ExportFile[]
  readonly described: readonly ManifestFile[]
  readonly manifest: string
  readonly checksums: string
}

/**
 * The ZIP as a stream: entries sorted by path, one fixed time and mode, one compression level. The same contents give the
 * same bytes with the same zlib. The stream is destroyed with an error when a file is not what the manifest says.
 */
export function zipStream({ folder, files, described, manifest, checksums }: ZipContents): Readable {
  const digests = new Map(described.map((file) => [file.path, file]))
  const zip = new ZipFile()
  const output = zip.outputStream as PassThrough
  const options = entryOptions()
  const fail = (error: Error) => output.destroy(error)
  zip.on('error', fail)
  // yazl looks at neither: a source that fails would end the process, one whose reader has gone would be read on.
  let source: Readable | undefined
  output.once('close', () => source?.destroy())
  const held = new Map([
    [MANIFEST_PATH, Buffer.from(manifest, 'utf8')],
    [CHECKSUMS_PATH, Buffer.from(checksums, 'utf8')],
  ])
  const byPath = new Map(files.map((file) => [file.path, file]))
  for (const path of [...byPath.keys(), ...held.keys()].sort(compareText)) {
    const name = `${folder}/${path}`
    const contents = held.get(path)
    const file = byPath.get(path)
    const expected = digests.get(path)
    if (contents) zip.addBuffer(contents, name, options)
    else if (file && expected) {
      zip.addReadStreamLazy(name, { ...options, size: expected.bytes }, (done) => {
        source = Readable.from(checked(file, expected), { objectMode: false }).on('error', fail)
        done(null, source)
      })
    } else throw new Error(`${path} has no digest`)
  }
  zip.end()
  return output
}
