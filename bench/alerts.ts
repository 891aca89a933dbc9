/**
 * What the queue and the overview ask of a database with many alerts, each question timed alone: node bench/run.mjs alerts
 * [--alerts N] [--seed S] [--rounds R] [--keep DIR]. With --keep the database stays, to start a console on it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { countFacet, labelsOf } from '@/lib/alerts/facet-counts'
import { countAlertsOverTime, countByStatus, countOpenAlerts, listAskedRoles, listNoisiestParents, medianTimeToVerdict } from '@/lib/alerts/overview-queries'
import { countAlerts, newestAlertId, selectAlerts } from '@/lib/alerts/queries'
import { ALERT_FACETS } from '@/lib/alerts/schema'
import type { AlertFilter } from '@/lib/alerts/schema'
import { openStore } from '@/lib/db/store'
import { syncBundledRules } from '@/lib/rules/sync-bundled'
import { generateAlerts } from './generate-alerts'

const { values } = parseArgs({ options: { alerts: { type: 'string', default: '100000' }, seed: { type: 'string', default: '7' }, rounds: { type: 'string', default: '9' }, keep: { type: 'string' } } })
const now = new Date(Date.UTC(2026, 10, 22))
const dataDir = values.keep ?? mkdtempSync(path.join(tmpdir(), 'linklocal-bench-alerts-'))
const store = openStore(dataDir, '.')
syncBundledRules(store.writer, 'rules', now)
const known = store.writer.prepare<[], number>('SELECT count(*) FROM alert').pluck().get() ?? 0
if (known === 0) generateAlerts(store.writer, Number(values.alerts), Number(values.seed), now.getTime())
const ctx = { db: store.client }

const DEFAULT: AlertFilter = { status: ['open', 'acknowledged'], overCap: false }
const list = (filter: AlertFilter) => async () => {
  await selectAlerts(ctx, { filter, limit: 100 })
  await countAlerts(ctx, filter)
  await countAlerts(ctx, { ...filter, overCap: true })
  await newestAlertId(ctx)
  await labelsOf(ctx, filter)
}
const overview = {
  'open alerts': () => countOpenAlerts(ctx, now),
  'by status': () => countByStatus(ctx),
  'over time': () => countAlertsOverTime(ctx, null, now),
  'noisiest parents': () => listNoisiestParents(ctx, 8),
  'roles asked for': () => listAskedRoles(ctx, 8),
  'median to verdict': () => medianTimeToVerdict(ctx, new Date(now.getTime() - 30 * 86_400_000)),
}
const questions: Readonly<Record<string, () => Promise<unknown>>> = {
  'queue: the default list': list(DEFAULT),
  'queue: its page 200': async () => selectAlerts(ctx, { filter: DEFAULT, offset: 19_900, limit: 100 }),
  'queue: closed and all': list({ overCap: false }),
  'queue: credentials only': list({ ...DEFAULT, pathClass: ['credentials'] }),
  'queue: a word': list({ ...DEFAULT, text: 'prod-role-1' }),
  'queue: by severity': async () => selectAlerts(ctx, { filter: DEFAULT, sort: { by: 'severity', descending: true }, limit: 100 }),
  'queue: by what was asked': async () => selectAlerts(ctx, { filter: DEFAULT, sort: { by: 'asked', descending: false }, limit: 100 }),
  'a menu: all facets, one by one': async () => {
    for (const facet of ALERT_FACETS) await countFacet(ctx, DEFAULT, facet)
  },
  ...Object.fromEntries(ALERT_FACETS.map((facet) => [`a menu: ${facet}`, () => countFacet(ctx, DEFAULT, facet)])),
  overview: async () => {
    for (const ask of Object.values(overview)) await ask()
  },
  ...Object.fromEntries(Object.entries(overview).map(([name, ask]) => [`overview: ${name}`, ask])),
}

const times = new Map<string, number[]>()
for (let round = 0; round <= Number(values.rounds); round++) {
  for (const [name, ask] of Object.entries(questions)) {
    const start = performance.now()
    await ask()
    // The first round fills the caches.
    if (round > 0) times.set(name, [...(times.get(name) ?? []), performance.now() - start])
  }
}
const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
const rows = [...times].map(([name, list]) => [name, median(list)] as const)
console.log(`${known || values.alerts} alerts, medians of ${values.rounds} rounds, milliseconds`)
for (const [name, ms] of rows) console.log(`${name.padEnd(36)}${ms.toFixed(1).padStart(9)}`)
const of = (name: string) => median(times.get(name) ?? [])
const queue = of('queue: the default list')
console.log(`the default list with all facets, as every page counted them, against without: ${((queue + of('a menu: all facets, one by one')) / queue).toFixed(1)}`)
await store.close()
if (values.keep === undefined) rmSync(dataDir, { recursive: true, force: true })
