import type { Context } from '@/lib/auth/context'
import { hiddenByException } from './hidden-alerts'
import type { ExceptionRecord } from './schema'
import { toRecord } from './stored'

/** All exceptions, newest first, each with the name of its rule. */
export async function listExceptions({ db, events }: Context): Promise<readonly ExceptionRecord[]> {
  const rows = await db.exception.findMany({ orderBy: { id: 'desc' } })
  const names = await ruleNames(db)
  return withHidden({ db, events }, rows.map((row) => toRecord(row, row.ruleId === null ? null : (names.get(row.ruleId) ?? null))))
}

/** One exception, or null. */
export async function getException({ db, events }: Context, id: number): Promise<ExceptionRecord | null> {
  const row = await db.exception.findUnique({ where: { id } })
  if (!row) return null
  const rule = row.ruleId === null ? null : await db.rule.findUnique({ where: { ruleId: row.ruleId }, select: { name: true } })
  const [record = null] = await withHidden({ db, events }, [toRecord(row, rule?.name ?? null)])
  return record
}

/** With the true positives that each hides; one that is switched off hides none. */
async function withHidden(context: Pick<Context, 'db' | 'events'>, records: ReadonlyArray<Omit<ExceptionRecord, 'hides'>>): Promise<readonly ExceptionRecord[]> {
  const hidden = await hiddenByException(
    context,
    records.filter(({ enabled }) => enabled),
  )
  return records.map((record) => ({ ...record, hides: hidden.get(record.id) ?? [] }))
}

/** `rule_id` to name. */
async function ruleNames(db: Context['db']): Promise<ReadonlyMap<string, string>> {
  const rules = await db.rule.findMany({ select: { ruleId: true, name: true } })
  return new Map(rules.map(({ ruleId, name }) => [ruleId, name]))
}
