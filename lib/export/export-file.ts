import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import type { ExportRole, ManifestFile } from './schema'

/** A file of an export before it is written. */
export interface ExportFile {
  /** Below the export's one top folder. */
  readonly path: string
  readonly mediaType: string
  readonly role: ExportRole
  /** The bytes from the beginning, the same each time; large files are read again rather than held. */
  read(): Iterable<Buffer>
}

export function heldFile(path: string, role: ExportRole, mediaType: string, contents: string | Buffer): ExportFile {
  const bytes = typeof contents === 'string' ? Buffer.from(contents, 'utf8') : contents
  return { path, mediaType, role, read: () => [bytes] }
}

/** A JSON document, indented: people open these. */
export function jsonFile(path: string, role: ExportRole, value: unknown): ExportFile {
  return heldFile(path, role, 'application/json', `${JSON.stringify(value, null, 2)}\n`)
}

/** One JSON value a line. */
export function jsonLinesFile(path: string, role: ExportRole, rows: readonly unknown[]): ExportFile {
  return heldFile(path, role, 'application/x-ndjson', rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}

/** Bytes hashed before other requests get their turn. */
const TURN_BYTES = 8 * 1024 * 1024

/** Size and digest of each file, one pass over all. Throws AppError `too_large` past the caps of an export. */
export async function describeFiles(files: readonly ExportFile[]): Promise<readonly ManifestFile[]> {
  if (files.length > LIMITS.exportFiles) {
    throw new AppError('too_large', `The export would have ${files.length} files; at most ${LIMITS.exportFiles} are written. Split the case.`)
  }
  const described: ManifestFile[] = []
  let total = 0
  let sinceTurn = 0
  for (const file of files) {
    const hash = createHash('sha256')
    let bytes = 0
    for (const chunk of file.read()) {
      hash.update(chunk)
      bytes += chunk.length
      total += chunk.length
      sinceTurn += chunk.length
      if (total > LIMITS.exportBytes) {
        throw new AppError(
          'too_large',
          `The export would have more than ${(LIMITS.exportBytes / 1024 ** 2).toLocaleString('en')} MiB before compression, which is the limit. Split the case into several and export each.`,
        )
      }
      if (sinceTurn > TURN_BYTES) {
        sinceTurn = 0
        await nextTurn()
      }
    }
    described.push({ path: file.path, bytes, sha256: hash.digest('hex'), media_type: file.mediaType, role: file.role })
  }
  return described
}
