/** For tests of this folder: a ZIP of a few files, and ways to tamper with one. */
import type { Readable } from 'node:stream'
import { fromBufferPromise } from 'yauzl'
import { ZipFile } from 'yazl'
import { buildChecksums, buildManifest } from './build-manifest'
import { describeFiles } from './export-file'
import type { ExportFile } from './export-file'
import { zipStream } from './write-zip'

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

export async function rezip(entries: readonly (readonly [name: string, bytes: Buffer])[], mode = 0o100644): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, bytes] of entries) zip.addBuffer(bytes, name, { mode })
  zip.end()
  return collect(zip.outputStream as Readable)
}
