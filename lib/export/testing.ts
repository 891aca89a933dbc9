/** For tests of this folder: a ZIP of a few files, and ways to tamper with one. */
import type { Readable } from 'node:stream'
import { crc32, deflateRawSync } from 'node:zlib'
import { fromBufferPromise } from 'yauzl'
import { ZipFile } from 'yazl'
import type { Options } from 'yazl'
import { buildChecksums, buildManifest } from './build-manifest'
import { describeFiles } from './export-file'
import type { ExportFile } from './export-file'
import { LIST_PATHS } from './schema'
import { zipStream } from './write-zip'
import { dataDescriptor, DEFLATED, directoryRecord, endRecord, localHeader, STORED } from './zip-format'
import type { ZipFacts } from './zip-format'

export async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** An export of these files, as bytes. */
export async function zipOf(files: readonly ExportFile[], folder = 'case-1'): Promise<Buffer> {
  const described = await describeFiles(files)
  const manifest = buildManifest(
    {
      exporter: { name: 'linklocal', version: '0.0.0' },
      case_id: 'C-1',
      case_title: 'Test',
      created_at: '2026-11-21T19:00:00.000Z',
      created_by: 'test',
      tlp: 'TLP:AMBER',
      redactions: [],
      counts: { files: files.length },
    },
    described,
  )
  return collect(zipStream({ folder, files, described, manifest, checksums: buildChecksums(manifest, described) }))
}

/** A ZIP as names and bytes, to change and put together again as an attacker would. */
export async function unzip(zip: Buffer): Promise<[name: string, bytes: Buffer][]> {
  const opened = await fromBufferPromise(zip, { lazyEntries: true })
  const entries: [string, Buffer][] = []
  for await (const entry of opened.eachEntry()) entries.push([entry.fileName, await collect(await opened.openReadStreamPromise(entry))])
  return entries
}

/** The entries as an export has them, however wrong they are: only what a test changed differs. */
export async function rezip(entries: readonly (readonly [name: string, bytes: Buffer])[], mode = 0o100644): Promise<Buffer> {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, bytes] of entries) {
    const stored = LIST_PATHS.some((path) => name.endsWith(`/${path}`))
    const packed = stored ? bytes : deflateRawSync(bytes, { level: 6 })
    const facts: ZipFacts = { name: Buffer.from(name), method: stored ? STORED : DEFLATED, sizesFollow: !stored, crc32: crc32(bytes), packedBytes: packed.length, bytes: bytes.length, offset }
    const whole = Buffer.concat([localHeader(facts), packed, dataDescriptor(facts)])
    offset += whole.length
    parts.push(whole)
    const record = directoryRecord(facts)
    record.writeUInt32LE(mode * 0x10000, 38)
    directory.push(record)
  }
  const records = Buffer.concat(directory)
  return Buffer.concat([...parts, records, endRecord(entries.length, records.length, offset)])
}

/** The same files as another program packs them. */
export async function packedElsewhere(entries: readonly (readonly [name: string, bytes: Buffer])[], options: Partial<Options> = {}): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, bytes] of entries) zip.addBuffer(bytes, name, options)
  zip.end()
  return collect(zip.outputStream as Readable)
}
