import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { caseRef, tlpLabel } from '@/lib/cases/schema'
import { writeTransaction } from '@/lib/db/write-transaction'
import { LIMITS } from '@/lib/limits'
import { buildChecksums, buildManifest, sha256 } from './build-manifest'
import { dataFiles } from './data-files'
import { evidenceFiles } from './event-files'
import { describeFiles, heldFile } from './export-file'
import { leftOut } from './left-out'
import type { ExportModel } from './model'
import { readCase } from './read-case'
import { buildReport } from './report/report'
import { LIST_PATHS } from './schema'
import type { ExportPreview } from './schema'
import { zipStream } from './write-zip'
import type { ZipContents } from './write-zip'

/** An export that is ready: what is in it, its digests, and its bytes as often as they are asked for. */
export interface CaseExport {
  readonly caseId: number
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
export async function prepareExport(ctx: Context, caseId: number): Promise<CaseExport> {
  const model = await readCase(ctx, caseId)
  const data = [...dataFiles(model), ...evidenceFiles(ctx.events, model.records)]
  const describedData = await describeFiles(data)
  const report = heldFile('report.html', 'report', 'text/html', buildReport(model, describedData))
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
      redactions: [],
      counts: counts(model),
    },
    described,
  )
  const contents: ZipContents = { folder, files, described, manifest, checksums: buildChecksums(manifest, described) }
  const zip = await measure(contents)
  return {
    caseId,
    preview: {
      fileName: `${folder}.zip`,
      files: described,
      counts: counts(model),
      bytes: described.reduce((sum, file) => sum + file.bytes, 0),
      zipBytes: zip.bytes,
      zipSha256: zip.sha256,
      manifestSha256: sha256(manifest),
      leftOut: leftOut(model),
    },
    open: () => (zip.held ? Readable.from(zip.held, { objectMode: false }) : zipStream(contents)),
  }
}

/** Writes into the audit log who took which export away, and when: call it before the first byte leaves. */
export async function recordExport(ctx: Context, { caseId, preview }: CaseExport): Promise<void> {
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
        files: preview.files.length + LIST_PATHS.length,
      },
    })
  })
}
