import { getAlert } from '@/lib/alerts/queries'
import { alertRef } from '@/lib/alerts/schema'
import type { AlertDetail } from '@/lib/alerts/schema'
import type { Context } from '@/lib/auth/context'
import { readText } from '@/lib/ecs/event'
import { AppError } from '@/lib/errors'
import { collectFields } from './collect-fields'
import { isAsked } from './matching-alerts'
import { nameOf, prefilledEntries, recordThatAsked } from './prefill'
import { getException } from './queries'
import { exceptionRef } from './schema'
import type { DraftField, DraftRecord, ExceptionDraft } from './schema'

type Reads = Pick<Context, 'db' | 'events'>

/** Offered first, in this order: what tells one program's habit from another's. */
const HIGHLIGHTED = [
  'process.executable',
  'process.name',
  'process.parent.executable',
  'process.working_directory',
  'process.command_line',
  'user.name',
  'host.name',
] as const

/** An empty editor, or one with the condition that a field equals a value. */
export async function newDraft(context: Reads, condition?: { readonly field: string; readonly value: string }): Promise<ExceptionDraft> {
  const entries: ExceptionDraft['initial']['entries'] = condition ? [{ type: 'match', operator: 'included', case_insensitive: false, ...condition }] : []
  return { editing: null, initial: { ...EMPTY, entries }, rules: await rulesOf(context), records: [], fields: [] }
}

/** The editor filled in from an alert: its rule, what the record that asked ran as conditions, its other fields to choose from. Throws `not_found`. */
export async function prefillFromAlert(context: Reads, alertId: number): Promise<ExceptionDraft> {
  const alert = await getAlert(context, alertId)
  if (!alert) throw new AppError('not_found', `There is no alert ${alertRef(alertId)}.`, { alertId })
  const { records, fields } = await recordsOf(context, alert)
  const asked = recordThatAsked(records)?.event ?? {}
  return {
    editing: null,
    initial: { ...EMPTY, name: nameOf(asked), ruleId: alert.ruleId, entries: prefilledEntries(asked), alertId },
    rules: await rulesOf(context),
    records,
    fields,
  }
}

/** The editor on an exception that exists, with the records of the alert it was made from while that is there. Throws `not_found`. */
export async function draftOfException(context: Reads & Context, id: number): Promise<ExceptionDraft> {
  const exception = await getException(context, id)
  if (!exception) throw new AppError('not_found', `There is no exception ${exceptionRef(id)}; it may have been deleted.`, { id })
  const alert = exception.alertId === null ? null : await getAlert(context, exception.alertId)
  const { name, reason, ruleId, stage, entries, enabled, startsAt, expiresAt, alertId, version } = exception
  return {
    editing: { id, version },
    initial: { name, reason, ruleId, stage, entries, enabled, startsAt, expiresAt, alertId },
    rules: await rulesOf(context),
    ...(alert ? await recordsOf(context, alert) : { records: [], fields: [] }),
  }
}

const EMPTY: ExceptionDraft['initial'] = {
  name: '',
  reason: '',
  ruleId: null,
  stage: null,
  entries: [],
  enabled: true,
  startsAt: null,
  expiresAt: null,
  alertId: null,
}

async function rulesOf({ db }: Reads): Promise<ExceptionDraft['rules']> {
  return db.rule.findMany({ select: { ruleId: true, name: true }, orderBy: { name: 'asc' } })
}

async function recordsOf({ db }: Reads, alert: AlertDetail): Promise<{ readonly records: readonly DraftRecord[]; readonly fields: readonly DraftField[] }> {
  const rule = await db.rule.findUnique({ where: { ruleId: alert.ruleId }, select: { language: true } })
  const records = alert.events.map(({ position, role, stage, event }) => ({
    position,
    role,
    stage,
    event,
    isAsked: isAsked(rule?.language ?? 'eql', stage),
    program: readText(event, 'process.name') ?? readText(event, 'process.executable') ?? null,
    timestamp: readText(event, '@timestamp') ?? null,
  }))
  // Its values stand first, and are the ones a condition takes.
  const asked = recordThatAsked(records)
  const ordered = [...records.filter((record) => record === asked), ...records.filter((record) => record !== asked)]
  const own = new Map(asked === undefined ? [] : collectFields([asked]).map(({ field, values }) => [field, values]))
  const rank = new Map<string, number>(HIGHLIGHTED.map((field, at) => [field, at]))
  const fields = collectFields(ordered).map((found) => ({ ...found, own: own.get(found.field) ?? [], highlighted: rank.has(found.field) }))
  const order = ({ field }: DraftField) => rank.get(field) ?? HIGHLIGHTED.length
  return { records, fields: fields.sort((a, b) => order(a) - order(b) || (a.field < b.field ? -1 : 1)) }
}
