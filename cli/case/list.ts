import { withContext } from '@/cli/alerts/open-context'
import type { ListOptions } from '@/cli/case'
import { listCases } from '@/lib/cases/queries'
import { CASE_STATUS_LABELS, caseRef, tlpLabel } from '@/lib/cases/schema'
import type { CaseSummary } from '@/lib/cases/schema'
import { visibleText } from '@/lib/text/visible-text'

const PAGE = 200

export function caseJson(row: CaseSummary) {
  return {
    id: caseRef(row.id),
    title: row.title,
    status: row.status,
    severity: row.severity,
    tlp: tlpLabel(row.tlp),
    alerts: row.alerts,
    alerts_without_verdict: row.undecided,
    notes: row.notes,
    created_by: row.createdBy,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    closed_at: row.closedAt,
  }
}

function line(row: CaseSummary): string {
  const cells = [caseRef(row.id).padEnd(6), row.updatedAt, row.severity.padEnd(8), CASE_STATUS_LABELS[row.status].padEnd(11), `${row.alerts} alerts`.padEnd(11), visibleText(row.title)]
  return cells.join('  ')
}

/** `linklocal case list`. */
export async function listCommand(options: ListOptions): Promise<void> {
  await withContext(async (ctx) => {
    for (let offset = 0; ; offset += PAGE) {
      const { rows } = await listCases(ctx, { offset, limit: PAGE, ...(options.status === undefined ? {} : { status: [options.status] }) })
      for (const row of rows) process.stdout.write(`${options.json ? JSON.stringify(caseJson(row)) : line(row)}\n`)
      if (rows.length < PAGE) return
    }
  })
}
