import { once } from 'node:events'
import { withContext } from '@/cli/alerts/open-context'
import { printable } from '@/lib/text/printable'
import type { ListRejectsOptions } from '@/cli/rejects'
import { listRejects } from '@/lib/ingest/queries'
import { rejectFacts } from '@/lib/ingest/reject-json'
import type { RejectedRecord } from '@/lib/ingest/schema'
import { filterOf } from './filter'

const PAGE = 500

function rowJson(reject: RejectedRecord) {
  return { ...rejectFacts(reject), edited_by: reject.editedBy }
}

function seenAgain({ seenAgain: times }: RejectedRecord): string {
  return times === 0 ? '' : times === 1 ? ' (seen again once)' : ` (seen again ${times.toLocaleString('en')} times)`
}

function line(reject: RejectedRecord): string {
  const place = `${reject.importName}, record ${reject.record.toLocaleString('en')}`
  const after = reject.resolvedAt === null ? (reject.cut ? ' (only its beginning was kept)' : '') : ` (stored ${reject.resolvedAt} by import ${reject.resolvedImportId ?? 0})`
  return `${String(reject.id).padStart(6)}  ${reject.code.padEnd(16)}  ${printable(place)}: ${printable(reject.reason)}${seenAgain(reject)}${after}`
}

/** `linklocal rejects list`. Memory does not grow with how many there are. */
export async function listCommand({ state, json, ...options }: ListRejectsOptions): Promise<void> {
  await withContext(async (context) => {
    const filter = { ...(await filterOf(context, options)), state: state === 'all' ? undefined : state }
    for (let after = 0; ; ) {
      // oxlint-disable-next-line no-await-in-loop -- a page at a time
      const page = await listRejects(context, filter, { limit: PAGE, after })
      const text = page.map((reject) => `${json ? JSON.stringify(rowJson(reject)) : line(reject)}\n`).join('')
      // oxlint-disable-next-line no-await-in-loop -- back-pressure
      if (!process.stdout.write(text)) await once(process.stdout, 'drain')
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return
      after = last.id
    }
  })
}
