import type { ListOptions } from '@/cli/exceptions'
import { withContext } from '@/cli/alerts/open-context'
import { printable } from '@/lib/text/printable'
import { alertRef } from '@/lib/alerts/schema'
import { listExceptions } from '@/lib/exceptions/queries'
import { entryWords, exceptionRef, exceptionState } from '@/lib/exceptions/schema'
import type { ExceptionRecord } from '@/lib/exceptions/schema'

function toJson(exception: ExceptionRecord, now: number) {
  return {
    id: exceptionRef(exception.id),
    name: exception.name,
    reason: exception.reason,
    rule_id: exception.ruleId,
    rule_name: exception.ruleName,
    stage: exception.stage,
    entries: exception.entries,
    enabled: exception.enabled,
    state: exceptionState(exception, now),
    starts_at: exception.startsAt,
    expires_at: exception.expiresAt,
    alert: exception.alertId === null ? null : alertRef(exception.alertId),
    created_by: exception.createdBy,
    created_at: exception.createdAt,
    updated_by: exception.updatedBy,
    updated_at: exception.updatedAt,
    version: exception.version,
    hits: exception.hits,
    last_hit_at: exception.lastHitAt,
    hides: exception.hides.map(alertRef),
  }
}

function line(exception: ExceptionRecord, now: number): string {
  const scope = exception.ruleId === null ? 'all rules' : (exception.ruleName ?? exception.ruleId)
  const head = [exceptionRef(exception.id).padEnd(6), exceptionState(exception, now).padEnd(9), `${exception.hits} held back`.padEnd(14), exception.name, `(${scope})`]
  const hides = exception.hides.length === 0 ? [] : [`        hides ${exception.hides.length === 1 ? 'a true positive' : `${exception.hides.length} true positives`}: ${exception.hides.slice(0, 5).map(alertRef).join(', ')}${exception.hides.length > 5 ? ', …' : ''}`]
  return [head.join('  '), ...hides, ...exception.entries.map((entry, at) => `        ${at === 0 ? '   ' : 'and'} ${entryWords(entry)}`)].map((text) => `${printable(text)}\n`).join('')
}

/** `linklocal exceptions list`. */
export async function listCommand(options: ListOptions): Promise<void> {
  await withContext(async (context) => {
    const now = context.clock().getTime()
    for (const exception of await listExceptions(context)) {
      process.stdout.write(options.json ? `${JSON.stringify(toJson(exception, now))}\n` : line(exception, now))
    }
  })
}
