import { withContext } from '@/cli/alerts/open-context'
import type { CreateOptions } from '@/cli/case'
import { addAlerts } from '@/lib/cases/add-alerts'
import { createCase } from '@/lib/cases/create-case'
import { caseRef } from '@/lib/cases/schema'

/** `linklocal case create`: the reference on standard output, for scripts. */
export async function createCommand({ title, description, severity, tlp, alert, json }: CreateOptions): Promise<void> {
  await withContext(async (ctx) => {
    const { id } = await createCase(ctx, { title, description, tlp, alertIds: [...alert], ...(severity === undefined ? {} : { severity }) })
    process.stdout.write(json ? `${JSON.stringify({ id: caseRef(id), alerts: new Set(alert).size })}\n` : `${caseRef(id)}\n`)
  })
}

/** `linklocal case add`. */
export async function addCommand(caseId: number, alertIds: readonly number[], { json }: { readonly json: boolean }): Promise<void> {
  await withContext(async (ctx) => {
    const { added, already } = await addAlerts(ctx, { caseId, alertIds: [...alertIds] })
    process.stdout.write(
      json ? `${JSON.stringify({ id: caseRef(caseId), added, already })}\n` : `${caseRef(caseId)}: ${added} added${already > 0 ? `, ${already} already in it` : ''}\n`,
    )
  })
}
