/**
 * lib/ingest: bytes become stored events. What cannot become one is kept as a rejected record, by itself, with its place.
 */
import { z } from 'zod'

/** What became of one file or stream. */
export interface ImportSummary {
  readonly importId: number
  readonly name: string
  readonly source: string
  readonly format: string | null
  /** Bytes as they came, before decompression. */
  readonly bytes: number
  readonly records: number
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
  /** Alerts that this import raised. */
  readonly alerts: number
  readonly seconds: number
  /** Why it ended early (cancelled, a damaged stream, a full disk); what was stored before stays. */
  readonly error: string | null
  /** What was noticed beside the records, a sentence each: audit records that were lost before they were logged, and the like. */
  readonly notes: readonly string[]
}

/** The state of an import while it runs. */
export interface ImportProgress {
  readonly importId: number
  readonly bytes: number
  readonly records: number
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
  readonly alerts: number
}

/** What is told of an import while it is read. */
export interface ImportReading extends ImportProgress {
  /** What its records turned out to be; null before that is known. */
  readonly format: string | null
}

export const SOURCE_KINDS = ['upload', 'sample', 'cli', 'push', 'watch'] as const
export type SourceKind = (typeof SOURCE_KINDS)[number]

/** What the records are; `auto` tells it from their beginning. */
export const INPUT_FORMATS = ['auto', 'ecs', 'auditd'] as const
export type InputFormat = (typeof INPUT_FORMATS)[number]

/** The ways records are laid out, as people call them. */
const FORMAT_NAMES: Readonly<Record<string, string>> = {
  ndjson: 'NDJSON',
  'json-array': 'JSON array',
  'search-response': 'Elasticsearch response',
  json: 'Concatenated JSON',
  auditd: 'auditd log',
  bulk: 'Bulk push',
}

/** What the records of an import turned out to be, in words. */
export function formatName(format: string): string {
  return FORMAT_NAMES[format] ?? format
}

/** Text that is kept and looked for again: half a surrogate pair would be read back as something else. */
function keptText() {
  return z.string().overwrite((text) => text.toWellFormed()).trim()
}

export const importRequest = z.object({
  /** The file's name as its sender knows it: for people, never a path that is opened. */
  name: keptText().min(1).max(500),
  source: keptText().min(1).max(200),
  kind: z.enum(SOURCE_KINDS),
  format: z.enum(INPUT_FORMATS).optional(),
  /** The host of records that do not name theirs: audit records without `node=`, documents without `host`. */
  host: keptText().min(1).max(255).regex(/^\S+$/, 'A host name has no blanks.').optional(),
  /** The import whose rejected records these are. */
  retryOf: z.number().int().positive().optional(),
})
export type ImportRequest = z.infer<typeof importRequest>

/** Which rejected records to try again (conditions are joined by AND; none means all open ones), and what to read them as. */
export const retryRequest = z.object({
  ids: z.array(z.number().int().positive()).min(1).max(1_000, 'At most 1,000 records can be named at a time.').optional(),
  importId: z.number().int().positive().optional(),
  sourceId: z.number().int().positive().optional(),
  code: z.string().min(1).max(100).optional(),
  /** Left out: as before. */
  format: z.enum(['ecs', 'auditd']).optional(),
  host: importRequest.shape.host,
})
export type RetryRequest = z.infer<typeof retryRequest>

/** What became of rejected records that were tried again. */
export interface RetrySummary {
  /** The imports that tried them: one for each import that had rejected them. */
  readonly imports: readonly { readonly id: number; readonly name: string }[]
  /** Rejects that are stored now, and that were rejected again. */
  readonly resolved: number
  readonly failed: number
  /** Those that were not tried, since only their beginning was kept. */
  readonly cut: number
  readonly stored: number
  readonly duplicates: number
  readonly alerts: number
  readonly error: string | null
}

/** An import as lists show it: what came, and what became of it. Times are ISO 8601, UTC. */
export interface ImportRecord {
  readonly id: number
  readonly name: string
  readonly sourceId: number
  readonly source: string
  readonly kind: SourceKind
  readonly format: string | null
  /** `running`, `done`, `failed` or `cancelled`. */
  readonly status: string
  readonly actor: string
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly bytes: number
  readonly records: number
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
  readonly alerts: number
  readonly error: string | null
  /** See `ImportSummary.notes`. */
  readonly notes: readonly string[]
  /** The import whose rejected records it tried again. */
  readonly retryOf: number | null
  /** How many of its own rejected records were stored later. */
  readonly resolved: number
}

export const REJECT_STATES = ['open', 'resolved'] as const
export type RejectState = (typeof REJECT_STATES)[number]

/** A rejected record as lists show it. */
export interface RejectedRecord {
  readonly id: number
  readonly importId: number
  readonly importName: string
  readonly record: number
  readonly offset: number
  readonly size: number
  readonly code: string
  readonly reason: string
  /** Only its beginning was kept, so it cannot be tried again. */
  readonly cut: boolean
  /** How often the same was sent again; it is kept once. */
  readonly seenAgain: number
  readonly retriedAt: string | null
  /** When it was stored after all, and by which import. */
  readonly resolvedAt: string | null
  readonly resolvedImportId: number | null
  /** Who wrote what is read instead of it, and when. */
  readonly editedBy: string | null
  readonly editedAt: string | null
  /** The beginning of the record as text; bytes that are not UTF-8 are shown as U+FFFD. */
  readonly preview: string
}

export interface SourceHealth {
  readonly id: number
  readonly name: string
  readonly kind: SourceKind
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
  readonly lastEventAt: string | null
  readonly lastReceivedAt: string | null
  readonly lastImport: { readonly id: number; readonly name: string; readonly status: string; readonly startedAt: string } | null
}

/** A file of a watched folder that is not taken in, and why. */
export interface WatchProblem {
  /** Below the folder. */
  readonly path: string
  readonly reason: string
}

/** A watched folder as it is now. */
export interface WatchedFolder {
  readonly path: string
  /** The source under which its files are listed. */
  readonly source: string
  /** The last look that was finished; null before the first. */
  readonly scannedAt: string | null
  /** Files below it, and how many of them have been taken in as they are. */
  readonly files: number
  readonly taken: number
  /** Still growing, or changed too lately to be sure that they are whole. */
  readonly growing: number
  /** Whole, and waiting for their turn. */
  readonly waiting: number
  /** Being read. */
  readonly reading: readonly string[]
  /** Files that failed, and what is no file; the first of them, and how many there are. */
  readonly problems: readonly WatchProblem[]
  readonly problemCount: number
  /** Why the folder itself could not be looked at, or not wholly. */
  readonly problem: string | null
}

/** A push token as lists show it; its secret is kept nowhere. */
export interface PushTokenRecord {
  readonly id: number
  readonly name: string
  readonly prefix: string
  readonly createdBy: string
  readonly createdAt: string
  readonly lastUsedAt: string | null
  readonly revokedAt: string | null
}

/** A push token as it is shown once, to who made it. */
export interface CreatedPushToken {
  readonly id: number
  readonly name: string
  /** The public half; with the secret it makes the id and key of `ApiKey`, or user and password of `Basic`. */
  readonly prefix: string
  readonly secret: string
  /** Both in one word, for `Bearer`. */
  readonly token: string
}
