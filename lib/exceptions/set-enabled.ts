import type { z } from 'zod'
import { writeAudit } from '@/lib/audit/write-audit'
import type { Context } from '@/lib/auth/context'
import { changeExceptions } from './change'
import { parseInput } from './parse-input'
import { exceptionRef, setEnabledInput } from './schema'
import { requireException } from './stored'

/** Switches an exception on or off; one that already is so stays as it is, without an audit row. Throws `not_found`. */
export async function setExceptionEnabled(context: Context, input: z.input<typeof setEnabledInput>): Promise<void> {
  const { id, enabled } = parseInput(setEnabledInput, input)
  const at = context.clock()
  await changeExceptions(context.db, async (tx) => {
    const before = await requireException(tx, id)
    if (before.enabled === enabled) return
    await tx.exception.update({ where: { id }, data: { enabled, updatedBy: context.actor.name, updatedAt: at, version: { increment: 1 } } })
    await writeAudit(tx, context.actor.name, at, {
      action: enabled ? 'exception.enable' : 'exception.disable',
      entityType: 'exception',
      entityId: exceptionRef(id),
      detail: { name: before.name },
    })
  })
}
