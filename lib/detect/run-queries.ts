import type { Context } from '@/lib/auth/context'
import type { Prisma } from '@/lib/db/client'
import { LIMITS } from '@/lib/limits'
import { RUN_KINDS } from './schema'
import type { DetectionRun, RunKind, RunRule } from './schema'

type Reads = Pick<Context, 'db'>
type RunRow = Awaited<ReturnType<Context['db']['detectionRun']['findMany']>>[number] & {
  readonly rules: readonly { readonly ruleId: number; readonly hits: number; readonly raised: number; readonly changed: number; readonly retracted: number; readonly heldBack: number }[]
  readonly truncatedKeys: readonly { readonly ruleId: number; readonly key: string }[]
  readonly setAside: readonly { readonly work: string; readonly ruleId: number; readonly key: string; readonly error: string }[]
}

export interface RunFilter {
  /** Runs in which this rule (its own id) had anything to do. */
  readonly ruleId?: string
  readonly kind?: RunKind
}

/** The first ones of a run. */
const setAside = { orderBy: [{ work: 'asc' }, { ruleId: 'asc' }, { key: 'asc' }], take: LIMITS.setAsideNamed } as const satisfies Prisma.DetectionRun$setAsideArgs

function instant(ms: bigint | null): string | null {
  return ms === null ? null : new Date(Number(ms)).toISOString()
}

async function overCapOf({ db }: Reads, importIds: readonly number[]): Promise<ReadonlyMap<string, number>> {
  const counts = await db.alert.groupBy({ by: ['importId', 'ruleId'], where: { importId: { in: [...importIds] }, overCap: true }, _count: { _all: true } })
  return new Map(counts.map((count) => [`${count.importId} ${count.ruleId}`, count._count._all]))
}

/** Of a run over stored events: the alerts that no import raised, in its time. Its rule has no other run meanwhile. */
async function overCapOfRuns({ db }: Reads, rows: readonly RunRow[]): Promise<ReadonlyMap<string, number>> {
  const counts = await Promise.all(
    rows.flatMap((row) => (row.importId === null ? row.rules.map(({ ruleId }) => ({ row, ruleId })) : [])).map(async ({ row, ruleId }) => {
      const count = await db.alert.count({ where: { importId: null, ruleId, overCap: true, createdAt: { gte: row.startedAt, ...(row.finishedAt ? { lte: row.finishedAt } : {}) } } })
      return [`run ${row.id} ${ruleId}`, count] as const
    }),
  )
  return new Map(counts)
}

async function describe(context: Reads, rows: readonly RunRow[]): Promise<readonly DetectionRun[]> {
  const importIds = rows.flatMap((row) => row.importId ?? [])
  const ruleIds = [...new Set(rows.flatMap((row) => row.rules.map(({ ruleId }) => ruleId)))]
  const [imports, rules, overCap] = await Promise.all([
    context.db.import.findMany({ where: { id: { in: importIds } }, select: { id: true, name: true } }),
    context.db.rule.findMany({ where: { id: { in: ruleIds } }, select: { id: true, ruleId: true, name: true } }),
    Promise.all([overCapOf(context, importIds), overCapOfRuns(context, rows)]).then(([ofImports, ofRuns]) => new Map([...ofImports, ...ofRuns])),
  ])
  const ruleOf = new Map(rules.map((rule) => [rule.id, rule]))
  return rows.map((row): DetectionRun => {
    const of = row.rules.flatMap(({ ruleId, hits, raised, changed, retracted, heldBack }): RunRule[] => {
      const rule = ruleOf.get(ruleId)
      if (!rule) return []
      return [
        {
          ruleId: rule.ruleId,
          ruleName: rule.name,
          hits,
          raised,
          changed,
          retracted,
          heldBack,
          overCap: overCap.get(row.importId === null ? `run ${row.id} ${ruleId}` : `${row.importId} ${ruleId}`) ?? 0,
          truncatedKeys: row.truncatedKeys.filter((truncated) => truncated.ruleId === ruleId).map(({ key }) => key),
          setAside: row.setAside.flatMap(({ work, ruleId: of, key, error }) => (work === 'join' && of === ruleId ? [{ key, error }] : [])),
        },
      ]
    })
    return {
      id: row.id,
      kind: RUN_KINDS.find((kind) => kind === row.kind) ?? 'backfill',
      status: row.status as DetectionRun['status'],
      actor: row.actor,
      importId: row.importId,
      importName: imports.find(({ id }) => id === row.importId)?.name ?? null,
      from: instant(row.fromTs),
      to: instant(row.toTs),
      startedAt: row.startedAt.toISOString(),
      finishedAt: row.finishedAt?.toISOString() ?? null,
      total: row.total,
      events: row.events,
      detectMs: row.detectMs,
      error: row.error,
      rules: of.toSorted((a, b) => b.raised - a.raised || b.hits - a.hits || (a.ruleName < b.ruleName ? -1 : 1)),
      setAsideEvents: row.setAside.flatMap(({ work, key, error }) => (work === 'retest' ? [{ key, error }] : [])),
    }
  })
}

/** Runs of the detector, newest first; with a rule those in which it had anything to do, and what it did alone. `before` is the id at which a page ended. */
export async function listRuns(context: Reads, { ruleId, kind }: RunFilter, { limit, before }: { limit: number; before?: number }): Promise<readonly DetectionRun[]> {
  const { db } = context
  const older = before === undefined ? {} : { lt: before }
  if (ruleId === undefined) {
    const rows = await db.detectionRun.findMany({ where: { kind, id: older }, include: { rules: true, truncatedKeys: true, setAside }, orderBy: { id: 'desc' }, take: limit })
    return describe(context, rows)
  }
  const rule = await db.rule.findUnique({ where: { ruleId }, select: { id: true } })
  if (!rule) return []
  const of = { where: { ruleId: rule.id } }
  const found = await db.detectionRunRule.findMany({
    where: { ruleId: rule.id, runId: older, run: kind === undefined ? undefined : { kind } },
    include: { run: { include: { rules: of, truncatedKeys: of, setAside: { ...of, ...setAside } } } },
    orderBy: { runId: 'desc' },
    take: limit,
  })
  return describe(context, found.map(({ run }) => run))
}

/** What the detector did for an import; null for one of a version that did not log it. */
export async function readImportRun(context: Reads, importId: number): Promise<DetectionRun | null> {
  const row = await context.db.detectionRun.findUnique({ where: { importId }, include: { rules: true, truncatedKeys: true, setAside } })
  return row ? ((await describe(context, [row]))[0] ?? null) : null
}
