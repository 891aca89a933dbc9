import { createHash } from 'node:crypto'
import { compareText } from '@/lib/lang/text-order'
import { CHECKSUMS_PATH, EXPORT_FORMAT, EXPORT_VERSION, MANIFEST_PATH, PACKED_PATH } from './schema'
import type { Manifest, ManifestFile } from './schema'

export type ManifestFacts = Omit<Manifest, 'format' | 'version' | 'files'>

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Names that every file system takes, that no shell or checksum list needs to quote, and that stay below their folder. */
const SAFE_PATH = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9_.@+-]+(?:\/[A-Za-z0-9_.@+-]+)*$/

export function isSafePath(path: string): boolean {
  return path.length <= 240 && SAFE_PATH.test(path)
}

/**
 * The manifest as text: every file with its size and digest, sorted by path, so that the same data gives the same bytes.
 * Pure. Throws when a path is unsafe or taken twice: a bug of whoever made the files.
 */
export function buildManifest(facts: ManifestFacts, files: readonly ManifestFile[]): string {
  const sorted = files.map(({ path, bytes, sha256: digest, media_type, role }) => ({ path, bytes, sha256: digest, media_type, role })).sort((a, b) => compareText(a.path, b.path))
  const folded = new Set<string>([MANIFEST_PATH, CHECKSUMS_PATH, PACKED_PATH])
  for (const { path } of sorted) {
    if (!isSafePath(path)) throw new Error(`unsafe path in an export: ${JSON.stringify(path)}`)
    // Two names that differ in case alone overwrite each other on some file systems.
    if (folded.has(path.toLowerCase())) throw new Error(`path taken twice in an export: ${path}`)
    folded.add(path.toLowerCase())
  }
  const { exporter, case_id, case_title, created_at, created_by, tlp, redactions } = facts
  const counts = Object.fromEntries(Object.entries(facts.counts).sort(([a], [b]) => compareText(a, b)))
  const manifest: Manifest = {
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    exporter: { name: exporter.name, version: exporter.version },
    case_id,
    case_title,
    created_at,
    created_by,
    tlp,
    redactions,
    counts,
    files: sorted,
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** The list that `sha256sum -c` reads, the manifest included, itself left out, sorted by path. */
export function buildChecksums(manifest: string, files: readonly Pick<ManifestFile, 'path' | 'sha256'>[]): string {
  return [...files, { path: MANIFEST_PATH, sha256: sha256(manifest) }]
    .sort((a, b) => compareText(a.path, b.path))
    .map((file) => `${file.sha256}  ${file.path}\n`)
    .join('')
}
