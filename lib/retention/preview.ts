import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { parseInput } from '@/lib/alerts/parse-input'
import type { Context } from '@/lib/auth/context'
import { openReader } from '@/lib/db/open'
import type { Database } from '@/lib/db/open'
import { LIMITS } from '@/lib/limits'
import { RuleWatch } from '@/lib/detect/rule-watch'
import { chainsOfAlert } from './chains'
import { EventIdSet } from './event-id-set'
import { HoldAround } from './hold-around'
import { keptAlertsAfter } from './kept-alerts'
import { DAY_MS, GRACE_MS, bytesInUse } from './policy'
import { measureParts, readDatabasePages } from './queries'
import { retentionPolicyInput } from './schema'
import type { RetentionPolicyInput, RetentionPreview } from './schema'

interface DueImport {
  readonly id: number
  readonly finished: number
  readonly left: number
}

interface Kept {
  readonly events: number
  readonly openAlerts: number
  readonly cases: number
  readonly isAtLeast: boolean
}

/** What an event takes, its record and its entries in indexes. */
async function bytesPerEvent(context: Pick<Context, 'db'>, inUse: number, events: number): Promise<number> {
  if (events === 0) return 0
  if (inUse > LIMITS.retentionMeasuredBytes) return inUse / events
  const parts = await measureParts(context)
  return parts.filter(({ part }) => part === 'records' || part === 'events' || part === 'hits').reduce((sum, { bytes }) => sum + bytes, 0) / events
}

/** The imports whose events are due, oldest received first: those too old, then as many as make the database small enough. */
function dueImports(imports: readonly DueImport[], tooOld: number | null, most: { readonly finished: number; readonly events: number }): readonly DueImport[] {
  const due: DueImport[] = []
  let events = 0
  for (const one of imports) {
    if (!((tooOld !== null && one.finished < tooOld) || (one.finished < most.finished && events < most.events))) continue
    due.push(one)
    events += one.left
  }
  return due
}

async function countKept(db: Database, due: ReadonlySet<number>): Promise<Kept> {
  const seen = new EventIdSet()
  const importOf = db.prepare<[number], number>('SELECT import_id FROM event WHERE id = ?').pluck()
  const casesOf = db.prepare<[number], number>('SELECT case_id FROM case_alert WHERE alert_id = ?').pluck()
  const isOpen = db.prepare<[number], number>("SELECT status <> 'closed' FROM alert WHERE id = ?").pluck()
  const cases = new Set<number>()
  let events = 0
  let openAlerts = 0
  let holds = false
  const hold = (id: number): void => {
    const isDue = due.has(importOf.get(id) ?? 0)
    holds ||= isDue
    if (!isDue || seen.has(id)) return
    seen.add(id)
    events++
  }
  const around = new HoldAround(db, hold)
  const { rules } = new RuleWatch(db).current().detector
  let looked = 0
  let after = 0
  for (;;) {
    const alerts = keptAlertsAfter(db, after, LIMITS.retentionAlerts)
    for (const id of alerts) {
      holds = false
      around.ofAlert(id)
      for (const member of chainsOfAlert(db, rules, id)) hold(member)
      if (!holds) continue
      if (isOpen.get(id) === 1) openAlerts++
      for (const caseId of casesOf.all(id)) cases.add(caseId)
    }
    looked += alerts.length
    after = alerts.at(-1) ?? after
    if (alerts.length < LIMITS.retentionAlerts) return { events, openAlerts, cases: cases.size, isAtLeast: false }
    if (looked >= LIMITS.retentionPreviewAlerts) return { events, openAlerts, cases: cases.size, isAtLeast: true }
    // Others are served in between.
    await setImmediate()
  }
}

/** What a policy would delete if it were followed now, and what it would have to leave. Changes nothing. Throws AppError `invalid`. */
export async function previewRetention(context: Context, input: RetentionPolicyInput): Promise<RetentionPreview> {
  const policy = parseInput(retentionPolicyInput, input)
  const now = context.clock().getTime()
  const inUse = bytesInUse(await readDatabasePages(context))
  const rows = await context.db.import.findMany({ where: { finishedAt: { not: null } }, orderBy: { finishedAt: 'asc' }, select: { id: true, finishedAt: true, stored: true, removed: true } })
  const imports = rows.map(({ id, finishedAt, stored, removed }): DueImport => ({ id, finished: finishedAt?.getTime() ?? 0, left: stored - removed }))
  const all = await context.db.import.aggregate({ _sum: { stored: true, removed: true } })
  const each = await bytesPerEvent(context, inUse, (all._sum.stored ?? 0) - (all._sum.removed ?? 0))
  const tooMuch = policy.maxBytes === null ? 0 : Math.max(0, inUse - policy.maxBytes)
  const tooOld = policy.maxAgeDays === null ? null : now - policy.maxAgeDays * DAY_MS
  const due = dueImports(imports, tooOld, { finished: now - GRACE_MS, events: each === 0 ? 0 : Math.ceil(tooMuch / each) })
  const ids = new Set(due.map(({ id }) => id))
  const total = due.reduce((sum, { left }) => sum + left, 0)
  const db = openReader(await dataDirOf(context))
  try {
    const kept = total === 0 ? { events: 0, openAlerts: 0, cases: 0, isAtLeast: false } : await countKept(db, ids)
    const rejected = db.prepare<[number], { n: number; bytes: number | null }>('SELECT count(*) AS n, sum(length(bytes)) AS bytes FROM rejected_record WHERE import_id = ?')
    const rejects = due.map(({ id }) => rejected.get(id))
    // By size not more goes than has to, and an import need not go as a whole.
    const ofSize = tooMuch === 0 || each === 0 ? total : Math.max(due.filter(({ finished }) => tooOld !== null && finished < tooOld).reduce((sum, { left }) => sum + left, 0), Math.min(total, Math.ceil(tooMuch / each)))
    const events = Math.max(0, Math.min(ofSize, total - kept.events))
    const last = due.at(-1)
    return {
      policy,
      events,
      receivedBefore: events === 0 && rejects.every((row) => row?.n === 0) ? null : new Date(tooMuch === 0 && tooOld !== null ? tooOld : (last?.finished ?? now)).toISOString(),
      bytes: Math.round(events * each + rejects.reduce((sum, row) => sum + (row?.bytes ?? 0), 0)),
      rejects: rejects.reduce((sum, row) => sum + (row?.n ?? 0), 0),
      kept: kept.events,
      keptIsAtLeast: kept.isAtLeast,
      openAlerts: kept.openAlerts,
      cases: kept.cases,
      bytesInUse: inUse,
    }
  } finally {
    db.close()
  }
}

async function dataDirOf({ db }: Pick<Context, 'db'>): Promise<string> {
  const [row] = await db.$queryRawUnsafe<{ file: string }[]>("SELECT file FROM pragma_database_list WHERE name = 'main'")
  if (!row) throw new Error('the database has no file')
  return path.dirname(row.file)
}
