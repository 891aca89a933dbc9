import { withContext } from '@/cli/alerts/open-context'
import { EXIT } from '@/cli/failure'
import type { RetryRejectsOptions } from '@/cli/rejects'
import { LOCAL_ANALYST } from '@/lib/auth/context'
import { Pipeline } from '@/lib/detect/pipeline'
import { readEnv } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { retryRequest } from '@/lib/ingest/schema'
import type { RetryRequest, RetrySummary } from '@/lib/ingest/schema'
import { filterOf } from './filter'

function text({ imports, resolved, failed, cut, alerts, error }: RetrySummary): string {
  const n = (value: number): string => value.toLocaleString('en')
  const lines = [`${n(resolved)} stored now, ${n(failed)} rejected again; ${n(alerts)} ${alerts === 1 ? 'alert' : 'alerts'} raised. Import ${imports.map(({ id }) => id).join(', ')}.`]
  if (cut > 0) lines.push(`${n(cut)} not tried: only the beginning was kept. Send the file again for them.`)
  if (error !== null) lines.push(error)
  return `${lines.join('\n')}\n`
}

/** `linklocal rejects retry`; answers the exit code. */
export async function retryCommand(ids: readonly string[], { all, json, format, host, ...options }: RetryRejectsOptions): Promise<number> {
  const named = ids.length > 0 || options.import !== undefined || options.source !== undefined || options.code !== undefined
  if (!named && !all) throw new AppError('invalid', 'Say which: numbers of rejected records, --import, --source or --code; or --all.')
  let request: RetryRequest | undefined
  await withContext(async (context) => {
    const { importId, sourceId, code } = await filterOf(context, options)
    const parsed = retryRequest.safeParse({ ...(ids.length === 0 ? {} : { ids: ids.map(Number) }), importId, sourceId, code, format, host })
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new AppError('invalid', issue?.path[0] === 'ids' ? `Rejected records are named by numbers, at most 1,000: ${issue.message}` : `--${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`)
    }
    request = parsed.data
  })
  if (request === undefined) return EXIT.failed
  const { dataDir, root } = readEnv()
  const pipeline = await Pipeline.open({ dataDir, root, alone: false })
  try {
    const summary = await pipeline.retry(request, { actor: LOCAL_ANALYST.name })
    process.stdout.write(json ? `${JSON.stringify(summary)}\n` : text(summary))
    if (summary.error !== null) return EXIT.failed
    return summary.failed + summary.cut > 0 ? EXIT.rejected : EXIT.done
  } finally {
    await pipeline.close()
  }
}
