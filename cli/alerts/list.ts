import { once } from 'node:events'
import type { ListOptions } from '@/cli/alerts'
import { alertRecords } from '@/lib/alerts/alert-records'
import { selectAlerts } from '@/lib/alerts/queries'
import type { AlertFilter, AlertSummary } from '@/lib/alerts/schema'
import { alertRef } from '@/lib/alerts/schema'
import { alertJson } from './alert-json'
import { withContext } from './open-context'
import { printable } from './printable'

/** Alerts read at a time: memory does not grow with how many there are. */
const PAGE = 250

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

function line(alert: AlertSummary): string {
  const status = alert.verdict ?? alert.status
  const cells = [alertRef(alert.id).padEnd(7), alert.occurredAt, alert.severity.padEnd(8), status.padEnd(20), printable(alert.hostName).padEnd(16), printable(alert.reason)]
  return `${cells.join('  ')}${alert.retractedAt === null ? '' : ' (retracted)'}\n`
}

/** `linklocal alerts list`. */
export async function listCommand(options: ListOptions): Promise<void> {
  const filter: AlertFilter = {
    ...(options.status === undefined ? {} : { status: [options.status] }),
    ...(options.rule === undefined ? {} : { ruleId: [options.rule] }),
  }
  await withContext(async (ctx) => {
    let after: number | undefined
    for (;;) {
      const rows = await selectAlerts(ctx, { filter, sort: { by: 'time', descending: false }, limit: PAGE, ...(after === undefined ? {} : { after }) })
      if (options.json) {
        const records = await alertRecords(ctx, rows.map(({ id }) => id))
        await write(records.map((record) => `${JSON.stringify({ ...alertJson(record), history: record.history })}\n`).join(''))
      } else await write(rows.map(line).join(''))
      after = rows.at(-1)?.id
      if (rows.length < PAGE || after === undefined) return
    }
  })
}
