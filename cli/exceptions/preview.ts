import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import type { PreviewCommandOptions } from '@/cli/exceptions'
import { withContext } from '@/cli/alerts/open-context'
import { printable } from '@/lib/text/printable'
import { VERDICTS, VERDICT_LABELS, alertRef } from '@/lib/alerts/schema'
import { AppError } from '@/lib/errors'
import { previewException } from '@/lib/exceptions/preview-exception'
import type { ExceptionImpact, PreviewInput } from '@/lib/exceptions/schema'

/** An item of ours or of the Elastic format: both call the conditions `entries`; the rest of either is not looked at. */
const itemSchema = z.object({ entries: z.unknown(), rule_id: z.string().nullish(), stage: z.number().int().min(0).nullish() })

async function readItem(file: string): Promise<z.infer<typeof itemSchema>> {
  const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (error) {
    throw new AppError('invalid', `${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const item = itemSchema.safeParse(value)
  if (!item.success) throw new AppError('invalid', `${file}: an exception item is an object with "entries", and may have "rule_id" and "stage".`)
  return item.data
}

function toJson({ events, alerts, cases, hides, unknownFields, stages, warnings }: ExceptionImpact) {
  return {
    events: { matched: events.matched, scanned: events.scanned, total: events.total, truncated: events.truncated, sample: events.sample },
    alerts: {
      matched: alerts.matched,
      open: alerts.open,
      acknowledged: alerts.acknowledged,
      closed: alerts.closed,
      scanned: alerts.scanned,
      total: alerts.total,
      truncated: alerts.truncated,
      listed: alerts.listed.map(({ id, status, verdict, role, occurredAt, reason }) => ({ id: alertRef(id), status, verdict, role, occurred_at: occurredAt, reason })),
    },
    cases,
    hides: { alerts: hides.alerts.map(({ id, verdict, cases: of }) => ({ id: alertRef(id), verdict, cases: of.map((one) => one.title) })), truncated: hides.truncated },
    unknown_fields: unknownFields.map(({ field, nearest, isStored }) => ({ field, nearest, stored: isStored })),
    stages,
    warnings,
  }
}

function describe({ events, alerts, cases, warnings }: ExceptionImpact): string {
  const verdicts = VERDICTS.filter((verdict) => alerts.closed[verdict] > 0).map((verdict) => `${alerts.closed[verdict]} ${VERDICT_LABELS[verdict].toLowerCase()}`)
  const lines = [
    ...warnings.map(({ level, text: words }) => `${level === 'danger' ? 'DANGER' : 'warning'}: ${words}`),
    `${alerts.matched} of ${alerts.scanned} alerts would have been held back: ${[`${alerts.open} open`, `${alerts.acknowledged} acknowledged`, ...verdicts].join(', ')}`,
    ...alerts.listed.map(({ id, status, verdict, reason }) => `  ${alertRef(id).padEnd(7)} ${(verdict ?? status).padEnd(20)} ${reason}`),
    `${events.matched} of ${events.scanned} stored events match${events.truncated ? ` (the newest; ${events.total} are stored)` : ''}`,
    ...cases.map(({ title, status, alerts: count }) => `${count} of these alerts in the case “${title}” (${status})`),
  ]
  return `${lines.map(printable).join('\n')}\n`
}

/** `linklocal exceptions preview`: looks through everything up to the caps, without a limit of time. */
export async function previewCommand(options: PreviewCommandOptions): Promise<void> {
  const item = await readItem(options.file)
  // What `entries` is, the verb finds out.
  const entries = item.entries as PreviewInput['entries']
  const input: PreviewInput = { entries, ruleId: options.rule ?? item.rule_id ?? null, stage: options.stage ?? item.stage ?? null, complete: true }
  await withContext(async (context) => {
    const impact = await previewException(context, input, { budgetMs: Infinity })
    process.stdout.write(options.json ? `${JSON.stringify(toJson(impact))}\n` : describe(impact))
  })
}
