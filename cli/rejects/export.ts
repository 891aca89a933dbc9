import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { withContext } from '@/cli/alerts/open-context'
import type { ExportRejectsOptions } from '@/cli/rejects'
import { readRejects } from '@/lib/ingest/queries'
import { rejectJson } from '@/lib/ingest/reject-json'
import { filterOf } from './filter'

/** `linklocal rejects export`. A file that is there is not written over. */
export async function exportCommand({ state, out, ...options }: ExportRejectsOptions): Promise<void> {
  await withContext(async (context) => {
    const filter = { ...(await filterOf(context, options)), state: state === 'all' ? undefined : state }
    async function* lines(): AsyncGenerator<string> {
      for await (const reject of readRejects(context, filter)) yield `${JSON.stringify(rejectJson(reject))}\n`
    }
    if (out === undefined) await pipeline(Readable.from(lines()), process.stdout, { end: false })
    else await pipeline(Readable.from(lines()), createWriteStream(out, { flags: 'wx', mode: 0o600 }))
  })
}
