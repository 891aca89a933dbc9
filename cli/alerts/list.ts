import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { ListOptions } from '@/cli/alerts'
import type { AlertFilter, AlertSummary } from '@/lib/alerts/schema'
import { alertRef } from '@/lib/alerts/schema'
import { streamAlerts } from '@/lib/alerts/stream-alerts'
import { databasePath } from '@/lib/db/open'
import { openStore } from '@/lib/db/store'
import { readEnv } from '@/lib/env'
import { noDatabase } from './no-database'
import { alertJson } from './alert-json'
import { askedText } from './asked-text'
import { maskDeep } from '@/lib/text/mask-deep'
import { printable } from '@/lib/text/printable'
import { maskSecrets } from '@/lib/text/secrets'

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

function line(alert: AlertSummary): string {
  const status = alert.verdict ?? alert.status
  const cells = [alertRef(alert.id).padEnd(7), alert.occurredAt, alert.severity.padEnd(8), status.padEnd(20), printable(alert.hostName).padEnd(16), printable(maskSecrets(alert.reason))]
  if (alert.imds) cells.push(`[${printable(askedText(alert.imds))}]`)
  return `${cells.join('  ')}${alert.retractedAt === null ? '' : ' (retracted)'}\n`
}

/** `linklocal alerts list`. Memory does not grow with how many there are. */
export async function listCommand(options: ListOptions): Promise<void> {
  const filter: AlertFilter = {
    ...(options.status === undefined ? {} : { status: [options.status] }),
    ...(options.rule === undefined ? {} : { ruleId: [options.rule] }),
    ...(options.asked === undefined ? {} : { pathClass: [options.asked] }),
    ...(options.role === undefined ? {} : { role: [options.role] }),
    ...(options.retracted === true ? {} : { retracted: false }),
  }
  const { dataDir, root } = readEnv()
  if (!existsSync(databasePath(dataDir))) throw noDatabase(dataDir)
  const store = openStore(dataDir, root)
  try {
    for (const page of streamAlerts(store.reader, filter)) {
      await write(
        page.map((record) => (options.json ? `${JSON.stringify(maskDeep({ ...alertJson(record), history: record.history }))}\n` : line(record.summary))).join(''),
      )
    }
  } finally {
    await store.close()
  }
}
