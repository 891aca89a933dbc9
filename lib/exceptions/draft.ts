import { getAlert } from '@/lib/alerts/queries'
import { alertRef } from '@/lib/alerts/schema'
import type { AlertDetail } from '@/lib/alerts/schema'
import type { Context } from '@/lib/auth/context'
import { readText } from '@/lib/ecs/event'
import { AppError } from '@/lib/errors'
import { collectFields } from './collect-fields'
import { getException } from './queries'
import { exceptionRef, ignoresCaseByDefault } from './schema'
import type { DraftField, DraftRecord, ExceptionDraft, ExceptionEntry } from './schema'

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

/** Filled in at once: what ran and what ran it. More would exclude this one occurrence rather than what it is one of. */
const PREFILLED = ['process.executable', 'process.parent.executable']
const NAME_LENGTH = 200

/** An empty editor, or one with the condition that a field equals a value. */
export async function newDraft(context: Reads, condition?: { readonly field: string; readonly value: string }): Promise<ExceptionDraft> {
  const entries: ExceptionDraft['initial']['entries'] = condition ? [{ type: 'match', operator: 'included', case_insensitive: false, ...condition }] : []
  return { editing: null, initial: { ...EMPTY, entries }, rules: await rulesOf(context), records: [], fields: [] }
}

/** The editor filled in from an alert: its rule, its process and parent as conditions, its other fields to choose from. Throws `not_found`. */
export async function prefillFromAlert(context: Reads, alertId: number): Promise<ExceptionDraft> {
  const alert = await getAlert(context, alertId)
  if (!alert) throw new AppError('not_found', `There is no alert ${alertRef(alertId)}.`, { alertId })
  const { records, fields } = recordsOf(alert)
  return {
    editing: null,
    initial: { ...EMPTY, name: nameFor(records), ruleId: alert.ruleId, entries: prefilled(fields), alertId },
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
    ...(alert ? recordsOf(alert) : { records: [], fields: [] }),
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

function recordsOf(alert: AlertDetail): { readonly records: readonly DraftRecord[]; readonly fields: readonly DraftField[] } {
  const records = alert.events.map(({ position, role, stage, event }) => ({ position, role, stage, event }))
  const rank = new Map<string, number>(HIGHLIGHTED.map((field, at) => [field, at]))
  const fields = collectFields(records.map(({ position, event }) => ({ position, event }))).map((found) => ({ ...found, highlighted: rank.has(found.field) }))
  const order = ({ field }: DraftField) => rank.get(field) ?? HIGHLIGHTED.length
  return { records, fields: fields.sort((a, b) => order(a) - order(b) || (a.field < b.field ? -1 : 1)) }
}

function prefilled(fields: readonly DraftField[]): readonly ExceptionEntry[] {
  const known = PREFILLED.flatMap((name) => fields.find(({ field }) => field === name) ?? [])
  const chosen = known.length > 0 ? known : fields.filter(({ highlighted }) => highlighted).slice(0, 1)
  return chosen.flatMap(({ field, values: [value] }) =>
    value === undefined ? [] : [{ type: 'match' as const, field, operator: 'included' as const, value, case_insensitive: ignoresCaseByDefault(field) }],
  )
}

function nameFor(records: readonly DraftRecord[]): string {
  for (const { event } of records) {
    const name = readText(event, 'process.name')
    const parent = readText(event, 'process.parent.name') ?? readText(event, 'process.parent.executable')
    if (name !== undefined) return (parent === undefined ? name : `${name} run by ${parent}`).slice(0, NAME_LENGTH)
  }
  return ''
}
