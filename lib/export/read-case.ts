/** Gathers everything a case's export says, from the database, once. */
import { batches } from '@/lib/alerts/batches'
import { explainAlert } from '@/lib/alerts/explain-alert'
import { kinshipOf } from '@/lib/alerts/kinship'
import { readLinkedEvents } from '@/lib/alerts/linked-events'
import type { EventLink } from '@/lib/alerts/linked-events'
import { parseObject } from '@/lib/alerts/parse-object'
import { alertRef, recordsRemoved } from '@/lib/alerts/schema'
import type { Context } from '@/lib/auth/context'
import { caseRef } from '@/lib/cases/schema'
import { getCase } from '@/lib/cases/queries'
import { buildTimeline } from '@/lib/cases/timeline'
import { imdsObject } from '@/lib/ecs/imds'
import type { ImdsFacts } from '@/lib/ecs/imds'
import { AppError } from '@/lib/errors'
import { listExceptions } from '@/lib/exceptions/queries'
import { exceptionRef } from '@/lib/exceptions/schema'
import { compareText } from '@/lib/lang/text-order'
import { ruleSchema } from '@/lib/rules/schema'
import type { RuleDocument } from '@/lib/rules/schema'
import { countedItems, parseGuide } from '@/lib/triage/parse-guide'
import type { ItemState } from '@/lib/triage/schema'
import { placeRecords } from './event-files'
import { readExporter } from './exporter'
import { ALERTS_IN_FULL } from './model'
import type { ExportAlert, ExportAuditEntry, ExportModel, ExportRule } from './model'
import { readTrees } from './read-trees'
import { whyConditions } from './why'

/** A rule's own id as a file name; the digest behind it keeps what this makes equal apart. */
function rulePath(ruleId: string, digest: string): string {
  const name = ruleId.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 100)
  return `rules/${name}-${digest.slice(0, 12)}.json`
}

function askedMark(imds: ImdsFacts | null): { readonly asked?: string } {
  const asked = imds && imdsObject(imds)
  return asked === null ? {} : { asked }
}

async function readAudit({ db }: Context, caseId: number, alertIds: readonly number[], exceptionIds: readonly number[]): Promise<readonly ExportAuditEntry[]> {
  const alertRefs = new Set<string>(alertIds.map(alertRef))
  const rows = await db.audit.findMany({
    where: {
      OR: [
        { entityType: 'case', entityId: caseRef(caseId), action: { not: 'case.export' } },
        // Changes of many alerts at once name them in the detail.
        { entityType: 'alert', entityId: { endsWith: ' alerts' } },
      ],
    },
  })
  for (const part of batches(alertIds)) rows.push(...(await db.audit.findMany({ where: { entityType: 'alert', entityId: { in: part.map(alertRef) } } })))
  for (const part of batches(exceptionIds)) rows.push(...(await db.audit.findMany({ where: { entityType: 'exception', entityId: { in: part.map(exceptionRef) } } })))
  rows.sort((a, b) => a.id - b.id)
  return rows.flatMap((row) => {
    const detail = parseObject(row.detail)
    if (row.entityType === 'alert' && !alertRefs.has(row.entityId)) {
      const named = Array.isArray(detail['alerts']) ? detail['alerts'] : []
      if (!named.some((ref) => typeof ref === 'string' && alertRefs.has(ref))) return []
    }
    return [{ id: row.id, at: row.at.toISOString(), actor: row.actor, action: row.action, entityType: row.entityType, entityId: row.entityId, detail }]
  })
}

/** Why an alert fired, as far as its records still tell. */
function explainRow(ctx: Context, document: RuleDocument, row: { readonly events: readonly EventLink[]; readonly recordsRemovedAt: Date | null }) {
  const events = readLinkedEvents(ctx.events, row.events)
  const removed = recordsRemoved({ missingEvents: row.events.length - events.length, recordsRemovedAt: row.recordsRemovedAt?.toISOString() ?? null })
  return explainAlert(ctx, document, events, removed)
}

async function readOnce(ctx: Context, caseId: number): Promise<ExportModel> {
  const found = await getCase(ctx, caseId)
  if (!found) throw new AppError('not_found', `There is no case ${caseRef(caseId)}.`)
  const ids = found.alertList.map((alert) => alert.id)
  const rows = []
  for (const part of batches(ids)) {
    const some = await ctx.db.alert.findMany({
      where: { id: { in: [...part] } },
      include: { events: { orderBy: { position: 'asc' } }, history: { orderBy: { id: 'asc' } }, checklist: true, ruleVersion: true },
    })
    rows.push(...some)
  }
  const byId = new Map(rows.map((row) => [row.id, row]))
  const records = placeRecords(ctx.events, rows.flatMap((row) => row.events.map((link) => link.eventId)))
  const recordOf = new Map(records.map((record) => [record.eventId, record]))

  const rules: ExportRule[] = []
  const ruleIndex = new Map<number, number>()
  for (const version of rows.map((row) => row.ruleVersion).sort((a, b) => a.id - b.id)) {
    if (ruleIndex.has(version.id)) continue
    const document = ruleSchema.parse(JSON.parse(version.document))
    ruleIndex.set(version.id, rules.length)
    rules.push({ ruleId: document.rule_id, digest: version.digest, text: version.document, document, path: rulePath(document.rule_id, version.digest) })
  }

  const alerts = found.alertList.flatMap((summary, index): ExportAlert[] => {
    const row = byId.get(summary.id)
    if (!row) return []
    const links = row.events.flatMap((link) => recordOf.get(link.eventId) ?? [])
    const rule = ruleIndex.get(row.ruleVersionId) ?? 0
    const document = rules[rule]?.document
    const guide = parseGuide(document?.note ?? '')
    const counted = new Set(countedItems(guide, row.verdict).map((item) => item.key))
    const states = new Map(row.checklist.map((item) => [item.itemKey, item]))
    return [
      {
        ...summary,
        closedAt: row.closedAt?.toISOString() ?? null,
        recordsRemovedAt: row.recordsRemovedAt?.toISOString() ?? null,
        keys: parseObject(row.keys),
        rule,
        links: row.events.map(({ position, role, stage, eventId }) => {
          const first = links[0]
          const record = recordOf.get(eventId)
          return { position, role, stage, eventId, deltaMs: first && record ? record.ms - first.ms + (record.ns - first.ns) / 1e6 : null }
        }),
        kinship: kinshipOf(
          row.events.flatMap(({ stage, eventId }) => {
            const facts = recordOf.get(eventId)?.facts
            return facts ? [{ stage, process: facts.processEntityId, parent: facts.parentEntityId }] : []
          }),
        ),
        history: row.history.map((entry) => ({ at: entry.at.toISOString(), actor: entry.actor, kind: entry.kind, text: entry.text, detail: parseObject(entry.detail) })),
        why: document && index < ALERTS_IN_FULL ? whyConditions(explainRow(ctx, document, row)) : [],
        checklist: guide.map((item) => {
          const saved = states.get(item.key)
          return {
            key: item.key,
            section: item.section,
            text: item.text,
            counted: counted.has(item.key),
            state: (saved?.state as ItemState | undefined) ?? null,
            note: saved?.note ?? '',
            actor: saved?.actor ?? null,
            at: saved?.at.toISOString() ?? null,
          }
        }),
      },
    ]
  })

  const ruleIds = new Set(rules.map((rule) => rule.ruleId))
  const inCase = new Set(ids)
  const exceptions = (await listExceptions(ctx))
    .filter((exception) => exception.ruleId === null || ruleIds.has(exception.ruleId) || (exception.alertId !== null && inCase.has(exception.alertId)))
    .toSorted((a, b) => a.id - b.id)
  const audit = await readAudit(ctx, caseId, ids, exceptions.map((exception) => exception.id))
  const timeline = buildTimeline({
    alerts: [],
    history: alerts.flatMap((alert) => alert.history.map((entry) => ({ ...entry, alertId: alert.id }))),
    notes: found.noteList,
    audit: audit.filter((entry) => entry.entityType === 'case'),
  })
  const trees = await readTrees(
    ctx,
    records,
    alerts.map(({ id, severity, ruleName, imds, links }) => ({
      id,
      marks: links.map((link) => ({ eventId: String(link.eventId), id: alertRef(id), severity, ruleName, ...askedMark(imds) })),
    })),
  )
  const { id, title, description, status, severity, tlp, createdBy, createdAt, updatedAt, closedAt } = found
  const changes = [
    createdAt,
    updatedAt,
    ...alerts.flatMap((alert) => [alert.updatedAt, ...alert.history.map((entry) => entry.at)]),
    ...found.noteList.map((note) => note.at),
    ...exceptions.map((exception) => exception.updatedAt),
    ...audit.map((entry) => entry.at),
  ]
  return {
    exporter: readExporter(),
    asOf: changes.sort(compareText).at(-1) ?? createdAt,
    case: { id, title, description, status, severity, tlp, createdBy, createdAt, updatedAt, closedAt },
    alerts,
    roles: found.roles,
    rules,
    records,
    trees,
    secrets: 'masked',
    exceptions,
    notes: found.noteList,
    audit,
    timeline,
  }
}

/** What a change of anything in the case moves. */
async function changeMark({ db }: Context, caseId: number): Promise<string> {
  const [audit, found, alerts] = [
    await db.audit.aggregate({ _max: { id: true }, where: { action: { not: 'case.export' } } }),
    await db.case.findUnique({ where: { id: caseId }, select: { updatedAt: true, version: true } }),
    await db.alert.aggregate({ _max: { updatedAt: true }, _count: { id: true }, where: { cases: { some: { caseId } } } }),
  ]
  return JSON.stringify([audit, found, alerts])
}

const ATTEMPTS = 3

/**
 * The case as it stands. It is read in several steps; when something changed meanwhile it is read again, so that an export
 * never mixes two states. Throws AppError `not_found`, or `busy` when the case does not stand still.
 */
export async function readCase(ctx: Context, caseId: number): Promise<ExportModel> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await changeMark(ctx, caseId)
    const model = await readOnce(ctx, caseId)
    if ((await changeMark(ctx, caseId)) === before) return model
  }
  throw new AppError('busy', `${caseRef(caseId)} is being changed while it is exported. Try again in a moment.`)
}
