import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { caseRef, tlpLabel } from '@/lib/cases/schema'
import { AppError } from '@/lib/errors'
import { writeTransaction } from '@/lib/db/write-transaction'
import { LIMITS } from '@/lib/limits'
import { buildChecksums, buildManifest, sha256 } from './build-manifest'
import { dataFiles } from './data-files'
import { evidenceFiles } from './event-files'
import { describeFiles, heldFile } from './export-file'
import { forReading, READING_FILES } from './for-reading'
import { leftOut } from './left-out'
import type { ExportModel } from './model'
import { readCase } from './read-case'
import { buildReport } from './report/report'
import { findSecretFiles } from './secret-files'
import { LIST_PATHS } from './schema'
import type { ExportPreview } from './schema'
import { zipStream } from './write-zip'
import type { ZipContents } from './write-zip'

export interface ExportOptions {
  /** A reason to show secrets also in what is written for reading, for the audit log; without one they are masked there. */
  readonly showSecrets?: string
}

const REASON_LONGEST = 500

/** An export that is ready: what is in it, its digests, and its bytes as often as they are asked for. */
export interface CaseExport {
  readonly caseId: number
  /** Why secrets are shown in what is written for reading; null where they are masked. */
  readonly secretsShown: string | null
  readonly preview: ExportPreview
  open(): Readable
}

/** `case-12_2026-11-21T190000Z`: the state of the data, so that two states have two names. */
function folderName(model: ExportModel): string {
  const at = model.asOf.replace(/\.\d+Z$/, 'Z').replaceAll(':', '')
  return `case-${model.case.id}_${at}`
}

function counts(model: ExportModel): Readonly<Record<string, number>> {
  return {
    alerts: model.alerts.length,
    alerts_without_verdict: model.alerts.filter((alert) => alert.verdict === null).length,
    audit_entries: model.audit.length,
    exceptions: model.exceptions.length,
    hosts: model.trees.length,
    notes: model.notes.length,
    records: model.records.length,
    rules: model.rules.length,
  }
}

/** Runs through the ZIP once for its digest and size, and keeps the bytes of a small one. */
async function measure(contents: ZipContents): Promise<{ readonly sha256: string; readonly bytes: number; readonly held: readonly Buffer[] | null }> {
  const hash = createHash('sha256')
  let bytes = 0
  let held: Buffer[] | null = []
  for await (const chunk of zipStream(contents) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
    if (bytes > LIMITS.exportHeldBytes) held = null
    held?.push(chunk)
  }
  return { sha256: hash.digest('hex'), bytes, held }
}

/**
 * Makes a case's export ready: everything gathered, every file hashed, the ZIP measured. Changes nothing. Throws AppError
 * `not_found`, `too_large`, or `busy` when the case changes all the while.
 */
export async function prepareExport(ctx: Context, caseId: number, { showSecrets }: ExportOptions = {}): Promise<CaseExport> {
  const reason = showSecrets?.trim()
  if (reason !== undefined && (reason === '' || reason.length > REASON_LONGEST)) {
    throw new AppError('invalid', `Say in up to ${REASON_LONGEST} characters why the report is to show secrets: the audit log keeps it.`)
  }
  const model: ExportModel = { ...(await readCase(ctx, caseId)), secrets: reason === undefined ? 'masked' : 'shown' }
  const data = [...dataFiles(model), ...evidenceFiles(ctx.events, model.records)]
  const describedData = await describeFiles(data)
  const report = heldFile('report.html', 'report', 'text/html', buildReport(forReading(model), describedData))
  const files = [...data, report]
  const described = [...describedData, ...(await describeFiles([report]))]
  const folder = folderName(model)
  const manifest = buildManifest(
    {
      exporter: model.exporter,
      case_id: caseRef(caseId),
      case_title: model.case.title,
      created_at: model.asOf,
      created_by: model.case.createdBy,
      tlp: tlpLabel(model.case.tlp),
      redactions: reason === undefined ? [`secrets are masked in ${READING_FILES.join(', ')}`] : [],
      counts: counts(model),
    },
    described,
  )
  const contents: ZipContents = { folder, files, described, manifest, checksums: buildChecksums(manifest, described) }
  const zip = await measure(contents)
  const secrets = await findSecretFiles(files, { masked: reason === undefined })
  return {
    caseId,
    secretsShown: reason ?? null,
    preview: {
      fileName: `${folder}.zip`,
      files: described,
      counts: counts(model),
      bytes: described.reduce((sum, file) => sum + file.bytes, 0),
      zipBytes: zip.bytes,
      zipSha256: zip.sha256,
      manifestSha256: sha256(manifest),
      secretFiles: [...secrets.found, ...secrets.notSearched.map((path) => `${path} (too long to be searched)`)],
      leftOut: leftOut(model),
    },
    open: () => (zip.held ? Readable.from(zip.held, { objectMode: false }) : zipStream(contents)),
  }
}

/** Writes into the audit log who took which export away, and when: call it before the first byte leaves. */
export async function recordExport(ctx: Context, { caseId, preview, secretsShown }: CaseExport): Promise<void> {
  const at = ctx.clock()
  await writeTransaction(ctx.db, async (tx) => {
    const { tlp } = await tx.case.findUniqueOrThrow({ where: { id: caseId }, select: { tlp: true } })
    await writeAudit(tx, ctx.actor.name, at, {
      action: 'case.export',
      entityType: 'case',
      entityId: caseRef(caseId),
      detail: {
        file: preview.fileName,
        bytes: preview.zipBytes,
        zip_sha256: preview.zipSha256,
        manifest_sha256: preview.manifestSha256,
        tlp,
        ...(secretsShown === null ? {} : { secrets_shown: secretsShown }),
        files: preview.files.length + LIST_PATHS.length,
      },
    })
  })
}
