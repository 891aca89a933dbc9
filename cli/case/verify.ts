import { EXIT } from '@/cli/failure'
import type { VerifyOptions } from '@/cli/case'
import type { VerifyReport } from '@/lib/export/schema'
import { verifyZip } from '@/lib/export/verify-zip'
import { visibleText } from '@/lib/text/visible-text'

function verifyJson(file: string, report: VerifyReport) {
  return {
    ok: report.ok,
    file,
    sha256: report.zipSha256,
    manifest_sha256: report.manifestSha256,
    files_checked: report.filesChecked,
    bytes_checked: report.bytesChecked,
    problems: report.problems,
    more_problems: report.moreProblems,
    manifest: report.manifest,
  }
}

function describe(file: string, report: VerifyReport): string {
  const lines = report.problems.map(({ kind, path, message }) => `${kind.replaceAll('_', ' ')}: ${path === '' ? '' : `${path}: `}${message}`)
  if (report.moreProblems > 0) lines.push(`and ${report.moreProblems} more`)
  if (report.ok && report.manifest) {
    const { case_id, case_title, created_at, tlp } = report.manifest
    lines.push(`${visibleText(file)}: OK. ${case_id} “${visibleText(case_title)}”, ${visibleText(tlp)}, as of ${created_at}; ${report.filesChecked} files, ${report.bytesChecked.toLocaleString('en')} bytes.`)
  } else lines.push(`${visibleText(file)}: ${report.problems.length + report.moreProblems} differences in ${report.filesChecked} files.`)
  if (report.ok && !report.packedChecked) lines.push('An earlier version exported it and did not list how its files are packed: their contents were compared, not their compressed bytes.')
  if (report.manifestSha256 !== null) lines.push(`Manifest ${report.manifestSha256}: compare it with the audit log of the console that exported it.`)
  return `${lines.join('\n')}\n`
}

/** `linklocal case verify`: exits 1 when anything differs. */
export async function verifyCommand(file: string, { expect, json }: VerifyOptions): Promise<void> {
  const report = await verifyZip(file, expect === undefined ? {} : { expect })
  process.stdout.write(json ? `${JSON.stringify(verifyJson(file, report))}\n` : describe(file, report))
  if (!report.ok) process.exitCode = EXIT.failed
}
