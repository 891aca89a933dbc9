import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { withContext } from '@/cli/alerts/open-context'
import type { ExportOptions } from '@/cli/case'
import { caseRef } from '@/lib/cases/schema'
import type { Context } from '@/lib/auth/context'
import { AppError, asRefusal } from '@/lib/errors'
import { LIST_PATHS } from '@/lib/export/schema'
import { prepareExport, recordExport } from '@/lib/export/export-case'
import type { CaseExport } from '@/lib/export/export-case'

/** Writes into the audit log what is taken away; answers false where nothing can be written: reading is allowed there. */
async function record(ctx: Context, prepared: CaseExport): Promise<boolean> {
  try {
    await recordExport(ctx, prepared)
    return true
  } catch (error) {
    if (asRefusal(error)?.code === 'read_only') return false
    throw error
  }
}

/** `linklocal case export`: the file appears whole under its name, or not at all. */
export async function exportCommand(caseId: number, { out, showSecrets, force, json }: ExportOptions): Promise<void> {
  if (!force && existsSync(out)) throw new AppError('conflict', `${out} exists. Name another file, or overwrite it with --force.`)
  await withContext(async (ctx) => {
    const prepared = await prepareExport(ctx, caseId, showSecrets === undefined ? {} : { showSecrets })
    const { preview } = prepared
    const part = `${out}.${process.pid}.part`
    try {
      await pipeline(prepared.open(), createWriteStream(part, { mode: 0o600 }))
      const recorded = await record(ctx, prepared)
      if (!recorded && showSecrets !== undefined) throw new AppError('read_only', 'The data directory is read-only: the reason to show secrets cannot be kept, so nothing was exported.')
      if (!recorded) process.stderr.write('linklocal: the data directory is read-only, so its audit log does not say that this was exported.\n')
      renameSync(part, out)
    } finally {
      rmSync(part, { force: true })
    }
    if (json) {
      process.stdout.write(
        `${JSON.stringify({
          id: caseRef(caseId),
          file: out,
          bytes: preview.zipBytes,
          sha256: preview.zipSha256,
          manifest_sha256: preview.manifestSha256,
          files: preview.files.length + LIST_PATHS.length,
          counts: preview.counts,
          secret_files: preview.secretFiles,
          left_out: preview.leftOut,
        })}\n`,
      )
      return
    }
    process.stdout.write(`${preview.zipSha256}  ${out}\n`)
    process.stderr.write(
      `${caseRef(caseId)}: ${preview.files.length + LIST_PATHS.length} files, ${preview.zipBytes.toLocaleString('en')} bytes. Manifest ${preview.manifestSha256}\n` +
        (preview.secretFiles.length > 0 ? `  Secrets stand in ${preview.secretFiles.join(', ')}.\n` : '') +
        preview.leftOut.map((sentence) => `  ${sentence}\n`).join(''),
    )
  })
}
