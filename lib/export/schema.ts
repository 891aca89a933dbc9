/**
 * lib/export: a case as one ZIP that anyone can verify without this program. Gathered once (`read-case.ts`), turned into
 * files by pure functions, listed with their digests in a manifest, written and read back as a stream.
 */
import { z } from 'zod'

export const EXPORT_FORMAT = 'linklocal/case-export'
/** Raised when a reader of the old layout would go wrong. */
export const EXPORT_VERSION = 1

export const MANIFEST_PATH = 'manifest.json'
export const CHECKSUMS_PATH = 'manifest.sha256'
/** Of each file the digest of its bytes as they stand in the ZIP: no other list covers how a file is packed. */
export const PACKED_PATH = 'zip.sha256'
/** The lists that an export has beside the files they list. */
export const LIST_PATHS: readonly string[] = [MANIFEST_PATH, CHECKSUMS_PATH, PACKED_PATH]

/** What a file of the export is for. */
export const EXPORT_ROLES = ['case', 'alerts', 'evidence', 'evidence_index', 'process_tree', 'triage', 'exceptions', 'rule', 'audit', 'timeline', 'report', 'readme'] as const
export type ExportRole = (typeof EXPORT_ROLES)[number]

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const manifestSchema = z.object({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(EXPORT_VERSION),
  exporter: z.object({ name: z.string(), version: z.string() }),
  case_id: z.string().regex(/^C-\d{1,15}$/),
  case_title: z.string(),
  /** The newest change in the data, not the moment of the export: an unchanged case gives the same bytes again. */
  created_at: z.iso.datetime(),
  /** Who opened the case. Who exported it, and when, stands in the audit log of the console it came from. */
  created_by: z.string(),
  tlp: z.string(),
  redactions: z.array(z.string()),
  counts: z.record(z.string(), z.number().int().min(0)),
  files: z.array(z.object({ path: z.string().min(1), bytes: z.number().int().min(0), sha256, media_type: z.string(), role: z.enum(EXPORT_ROLES) })),
})
export type Manifest = z.infer<typeof manifestSchema>
export type ManifestFile = Manifest['files'][number]

/** What an export holds, before it is downloaded. */
export interface ExportPreview {
  readonly fileName: string
  readonly files: readonly ManifestFile[]
  readonly counts: Readonly<Record<string, number>>
  /** Before compression, and of the ZIP. */
  readonly bytes: number
  readonly zipBytes: number
  readonly zipSha256: string
  readonly manifestSha256: string
  /** Files in which secrets stand as they were recorded. */
  readonly secretFiles: readonly string[]
  /** What is not in it, and why, in sentences. */
  readonly leftOut: readonly string[]
}

/** One difference between an export and what its manifest says. */
export interface VerifyProblem {
  readonly kind:
    | 'damaged'
    | 'not_an_export'
    | 'bad_manifest'
    | 'missing'
    | 'extra'
    | 'changed'
    | 'repacked'
    | 'duplicate'
    | 'unsafe_path'
    | 'not_a_file'
    | 'too_large'
    | 'unexpected_digest'
  /** The file inside of the ZIP; empty when the ZIP as a whole is meant. Control characters are escaped. */
  readonly path: string
  readonly message: string
}

export interface VerifyReport {
  readonly ok: boolean
  readonly problems: readonly VerifyProblem[]
  /** Problems beyond the cap are counted, not listed. */
  readonly moreProblems: number
  readonly filesChecked: number
  readonly bytesChecked: number
  readonly zipSha256: string | null
  readonly manifestSha256: string | null
  /** It was compared how each file is packed; false for exports of earlier versions, which do not say. */
  readonly packedChecked: boolean
  readonly manifest: Omit<Manifest, 'files'> | null
}
