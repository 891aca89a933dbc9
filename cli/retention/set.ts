import { withContext } from '@/cli/alerts/open-context'
import type { PolicyOptions } from '@/cli/retention'
import type { Context } from '@/lib/auth/context'
import { AppError } from '@/lib/errors'
import { previewRetention } from '@/lib/retention/preview'
import { readPolicy } from '@/lib/retention/queries'
import type { RetentionPolicy } from '@/lib/retention/schema'
import { setRetentionPolicy } from '@/lib/retention/set-policy'
import { parseDays, parseSize, policyJson, policyText, previewText } from './text'

async function wanted(context: Context, { days, size }: PolicyOptions): Promise<RetentionPolicy> {
  const now = await readPolicy(context)
  return { maxAgeDays: days === undefined ? now.maxAgeDays : parseDays(days), maxBytes: size === undefined ? now.maxBytes : parseSize(size) }
}

/** `linklocal retention set`. */
export async function setCommand(options: PolicyOptions): Promise<void> {
  if (options.days === undefined && options.size === undefined) throw new AppError('invalid', 'Say what to set: --days N, --size BYTES, or off for either.')
  await withContext(async (context) => {
    const policy = await wanted(context, options)
    const { changed } = await setRetentionPolicy(context, policy)
    process.stdout.write(options.json ? `${JSON.stringify({ ...policyJson(policy), changed })}\n` : `Retention${changed ? '' : ' already'}: ${policyText(policy)}.\n`)
  })
}

/** `linklocal retention preview`. */
export async function previewCommand(options: PolicyOptions): Promise<void> {
  await withContext(async (context) => {
    const preview = await previewRetention(context, await wanted(context, options))
    const { policy, events, receivedBefore, bytes, rejects, kept, keptIsAtLeast, openAlerts, cases, bytesInUse } = preview
    const shown = {
      ...policyJson(policy),
      events,
      received_before: receivedBefore,
      bytes,
      rejects,
      kept,
      kept_is_at_least: keptIsAtLeast,
      open_alerts: openAlerts,
      cases,
      bytes_in_use: bytesInUse,
    }
    process.stdout.write(options.json ? `${JSON.stringify(shown)}\n` : previewText(preview))
  })
}
