import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { LIMITS } from '@/lib/limits'
import { visibleText } from '@/lib/text/visible-text'
import { isSafePath } from './build-manifest'
import { readZip } from './read-zip'
import type { ReadEntry } from './read-zip'
import { CHECKSUMS_PATH, LIST_PATHS, MANIFEST_PATH, manifestSchema, PACKED_PATH } from './schema'
import type { Manifest, VerifyProblem, VerifyReport } from './schema'

const PROBLEMS_LISTED = 1_000
const HEX = /^[0-9a-f]{64}$/
const CHECKSUM_LINE = /^([0-9a-f]{64}) [ *](.+)$/

type Report = (kind: VerifyProblem['kind'], path: string, message: string) => void

async function digestOf(source: string | Buffer): Promise<string> {
  const hash = createHash('sha256')
  if (typeof source !== 'string') return hash.update(source).digest('hex')
  for await (const chunk of createReadStream(source, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}

/** The one folder that holds a manifest or its list of digests; undefined when there is none. */
function folderOf(entries: readonly ReadEntry[]): string | undefined {
  for (const { name } of entries) {
    const slash = name.indexOf('/')
    if (slash > 0 && [MANIFEST_PATH, CHECKSUMS_PATH].includes(name.slice(slash + 1))) return name.slice(0, slash)
  }
  return undefined
}

function readManifest(held: Buffer | null, report: Report): Manifest | null {
  if (!held) return null
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(held.toString('utf8')))
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    report('bad_manifest', MANIFEST_PATH, `The manifest is not one of this version: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
  } catch {
    report('bad_manifest', MANIFEST_PATH, 'The manifest is not JSON.')
  }
  return null
}

function readChecksums(list: string, held: Buffer | null, report: Report): ReadonlyMap<string, string> {
  const sums = new Map<string, string>()
  const lines = held?.toString('utf8').split('\n') ?? []
  if (lines.at(-1) === '') lines.pop()
  for (const line of lines) {
    const match = CHECKSUM_LINE.exec(line)
    const path = match?.[2]
    if (!match || path === undefined) report('bad_manifest', list, `A line is not a checksum and a path: ${line.slice(0, 100)}`)
    else if (sums.has(path)) report('bad_manifest', list, `It lists ${path} twice.`)
    else sums.set(path, match[1] ?? '')
  }
  return sums
}

/** Names that no unpacker should meet, and files that one would overwrite with another. */
function checkNames(entries: readonly ReadEntry[], report: Report): void {
  const seen = new Map<string, string>()
  for (const entry of entries) {
    const path = entry.kind === 'folder' ? entry.name.slice(0, -1) : entry.name
    if (!isSafePath(path)) report('unsafe_path', entry.name, 'The name would leave its folder, or is not one that an export has.')
    if (entry.kind === 'other') report('not_a_file', entry.name, 'This is a symbolic link or a device, not a file.')
    if (entry.kind === 'folder' && entry.bytes > 0) report('extra', entry.name, 'A folder that carries bytes.')
    const folded = path.normalize('NFC').toLowerCase()
    const before = seen.get(folded)
    if (before !== undefined) {
      report('duplicate', entry.name, before === entry.name ? 'The name stands twice in the ZIP.' : `The name differs from ${before} in case alone.`)
    }
    seen.set(folded, entry.name)
  }
}

/** Each listed file against what the ZIP holds. */
function compareFiles(manifest: Manifest | null, sums: ReadonlyMap<string, string>, found: ReadonlyMap<string, ReadEntry>, report: Report): void {
  const listed = new Map((manifest?.files ?? []).map((file) => [file.path, file]))
  if (manifest && listed.size !== manifest.files.length) report('bad_manifest', MANIFEST_PATH, 'The manifest lists a file twice.')
  for (const path of [...new Set([...listed.keys(), ...sums.keys()])].sort()) {
    const file = listed.get(path)
    const sum = sums.get(path)
    if (manifest && !file && path !== MANIFEST_PATH) report('bad_manifest', CHECKSUMS_PATH, `It lists ${path}, which the manifest does not.`)
    if (sums.size > 0 && file && sum === undefined) report('bad_manifest', CHECKSUMS_PATH, `It does not list ${path}.`)
    if (file && sum !== undefined && sum !== file.sha256) report('bad_manifest', CHECKSUMS_PATH, `Its digest of ${path} is not the manifest's.`)
    const entry = found.get(path)
    if (!entry) {
      report('missing', path, 'The manifest lists it; the ZIP does not have it.')
    } else if (entry.damage === null && file && (entry.sha256 !== file.sha256 || entry.bytes !== file.bytes)) {
      report('changed', path, entry.bytes === file.bytes ? 'Its bytes are not those that were exported.' : `It has ${entry.bytes} bytes; ${file.bytes} were exported.`)
    } else if (entry.damage === null && !file && sum !== undefined && entry.sha256 !== sum) {
      report('changed', path, 'Its bytes are not those that were exported.')
    }
  }
  if (sums.size > 0 && !sums.has(MANIFEST_PATH)) report('bad_manifest', CHECKSUMS_PATH, `It does not list ${MANIFEST_PATH}.`)
  if (!manifest && sums.size === 0) return
  for (const path of found.keys()) {
    if (!listed.has(path) && !sums.has(path) && !LIST_PATHS.includes(path)) {
      report('extra', path, 'The ZIP has it; the manifest does not list it.')
    }
  }
}

/**
 * How each file is packed against the list of it. Two different compressed texts can unpack to the same bytes, so nothing
 * else tells that one was changed. Exports of earlier versions have no such list, and their other lists are compressed:
 * answers whether it was there.
 */
function comparePacked(found: ReadonlyMap<string, ReadEntry>, told: (path: string) => boolean, report: Report): boolean {
  const list = found.get(PACKED_PATH)
  const others = [MANIFEST_PATH, CHECKSUMS_PATH].map((path) => found.get(path))
  if (!list) {
    if (others.some((entry) => entry?.stored === true)) report('missing', PACKED_PATH, 'The list of how its files are packed is not there.')
    return false
  }
  const packed = readChecksums(PACKED_PATH, list.held, report)
  for (const path of LIST_PATHS) if (found.get(path)?.stored === false) report('damaged', path, 'It is compressed; in an export it is not.')
  for (const path of packed.keys()) if (!found.has(path) || LIST_PATHS.includes(path)) report('bad_manifest', PACKED_PATH, `It lists ${path}, which is no file of this export.`)
  for (const [path, entry] of found) {
    if (LIST_PATHS.includes(path) || entry.packedSha256 === null || told(path)) continue
    if (!packed.has(path)) report('bad_manifest', PACKED_PATH, `It does not list ${path}.`)
    else if (packed.get(path) !== entry.packedSha256) report('repacked', path, 'It is packed in another way than it was exported.')
  }
  return true
}

/**
 * Re-hashes everything in a case export (a file's path, or its bytes) and names every difference. Nothing is unpacked to
 * disk. `expect` is a digest kept elsewhere (of the ZIP or of its manifest): only that tells a forged export, whose maker
 * wrote a new manifest as well. Throws only when the file cannot be opened.
 */
export async function verifyZip(source: string | Buffer, { expect }: { readonly expect?: string } = {}): Promise<VerifyReport> {
  const problems: VerifyProblem[] = []
  let moreProblems = 0
  const report: Report = (kind, path, message) => {
    if (problems.length >= PROBLEMS_LISTED) moreProblems++
    else problems.push({ kind, path: visibleText(path), message: visibleText(message) })
  }
  const zipSha256 = await digestOf(source)
  const isList = (name: string) => /^[^/]+\/(?:manifest\.json|(?:manifest|zip)\.sha256)$/.test(name)
  const { entries, damage, tooLarge } = await readZip(source, isList, {
    entries: LIMITS.exportFiles * 2,
    bytes: LIMITS.exportBytes + 3 * LIMITS.exportManifestBytes,
    heldBytes: LIMITS.exportManifestBytes,
  })
  for (const message of damage) report('damaged', '', `The ZIP is damaged: ${message}.`)
  if (tooLarge !== null) report('too_large', '', `The ZIP was not read to its end: ${tooLarge}.`)
  checkNames(entries, report)
  for (const entry of entries) if (entry.damage !== null) report('damaged', entry.name, `It cannot be trusted: ${entry.damage}.`)

  const folder = folderOf(entries)
  let manifest: Manifest | null = null
  let manifestSha256: string | null = null
  let packedChecked = false
  if (folder === undefined) {
    if (tooLarge === null) report('not_an_export', '', `No folder at the top has a ${MANIFEST_PATH}: this is not a case export, or its manifest was removed.`)
  } else {
    const found = new Map<string, ReadEntry>()
    for (const entry of entries) {
      if (entry.kind === 'folder') continue
      if (entry.name.startsWith(`${folder}/`)) found.set(entry.name.slice(folder.length + 1), entry)
      else report('extra', entry.name, `It stands outside of the folder ${folder}.`)
    }
    const manifestEntry = found.get(MANIFEST_PATH)
    manifest = readManifest(manifestEntry?.held ?? null, report)
    manifestSha256 = manifestEntry?.sha256 ?? null
    const sums = found.get(CHECKSUMS_PATH)
    if (!sums) report('missing', CHECKSUMS_PATH, 'The list for sha256sum is not there.')
    compareFiles(manifest, readChecksums(CHECKSUMS_PATH, sums?.held ?? null, report), found, report)
    const told = new Set(problems.map((problem) => problem.path))
    packedChecked = comparePacked(found, (path) => told.has(visibleText(path)), report)
  }
  if (expect !== undefined) {
    const wanted = expect.toLowerCase()
    if (!HEX.test(wanted) || (wanted !== zipSha256 && wanted !== manifestSha256)) {
      report('unexpected_digest', '', `Neither the ZIP (${zipSha256}) nor its manifest (${manifestSha256 ?? 'none'}) has the digest that was expected.`)
    }
  }
  const { files: _files, ...facts } = manifest ?? { files: [] }
  return {
    ok: problems.length === 0,
    problems,
    moreProblems,
    filesChecked: entries.filter((entry) => entry.sha256 !== null).length,
    bytesChecked: entries.reduce((sum, entry) => (entry.sha256 === null ? sum : sum + entry.bytes), 0),
    zipSha256,
    manifestSha256,
    packedChecked,
    manifest: manifest ? (facts as Omit<Manifest, 'files'>) : null,
  }
}
