import { headers } from 'next/headers'
import { createLoader, createSerializer, parseAsStringLiteral, type SearchParams } from 'nuqs/server'
import { AlertsOverTime } from '@/components/overview/alerts-over-time'
import { AskedRoles } from '@/components/overview/asked-roles'
import { ExpiringExceptions } from '@/components/overview/expiring-exceptions'
import { GettingStarted } from '@/components/overview/getting-started'
import { NoisiestParents } from '@/components/overview/noisiest-parents'
import { OpenByAge } from '@/components/overview/open-by-age'
import { OpenTiles } from '@/components/overview/open-tiles'
import classes from '@/components/overview/overview-page.module.css'
import { SourceHealthPanel } from '@/components/overview/source-health'
import { UploadList } from '@/components/sources/upload-list'
import { Page } from '@/components/ui/page'
import { PageHeader } from '@/components/ui/page-header'
import {
  AGE_BANDS,
  countAlertsOverTime,
  countByStatus,
  countOpenAlerts,
  listAskedRoles,
  listExpiringExceptions,
  listNoisiestParents,
  medianTimeToVerdict,
  OVERVIEW_RANGES,
} from '@/lib/alerts/overview-queries'
import { readEnv } from '@/lib/env'
import { isGenericProgram } from '@/lib/exceptions/generic-programs'
import { countHeldBack, startOfDay } from '@/lib/exceptions/held-back'
import { hasImports, listPushTokens, listSources } from '@/lib/ingest/queries'
import { getContext } from '@/lib/web/context'
import { requestOrigin } from '@/lib/web/origin'

const DAY = 86_400_000
const RANGE_LABELS = { '24h': '24 h', '7d': '7 d', '30d': '30 d', all: 'All' } as const
const AGE_LABELS = { hour: 'Under an hour', day: 'An hour to a day', week: 'A day to a week', older: 'Over a week' } as const

const parameters = { range: parseAsStringLiteral(OVERVIEW_RANGES), view: parseAsStringLiteral(['chart', 'table'] as const).withDefault('chart') }
const load = createLoader(parameters)
const serialize = createSerializer(parameters)

export default async function OverviewPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const context = getContext()
  if (!(await hasImports(context))) {
    return (
      <Page>
        <PageHeader title="Overview" description="Nothing has come in yet. Drop a file, push events, or look around with the sample." />
        <div className={classes.stack}>
          <UploadList />
          <GettingStarted origin={requestOrigin(await headers())} dataDir={readEnv().dataDir} needsToken={(await listPushTokens(context)).length > 0} />
        </div>
      </Page>
    )
  }

  const now = context.clock()
  const { range, view } = await load(searchParams)
  const [open, statuses, time, parents, asked, verdicts, sources, expiring, heldBackToday] = await Promise.all([
    countOpenAlerts(context, now),
    countByStatus(context),
    countAlertsOverTime(context, range, now),
    listNoisiestParents(context, 8),
    listAskedRoles(context, 8),
    medianTimeToVerdict(context, new Date(now.getTime() - 30 * DAY)),
    listSources(context),
    listExpiringExceptions(context, now, new Date(now.getTime() + 14 * DAY)),
    countHeldBack(context, { since: startOfDay(now) }),
  ])
  const before = (ms: number | null) => (ms === null ? null : new Date(now.getTime() - ms).toISOString())
  return (
    <Page>
      <PageHeader title="Overview" />
      <div className={classes.stack}>
        <UploadList />
        <OpenTiles open={open} acknowledged={statuses.acknowledged} closed={statuses.closed} verdicts={verdicts} />
        <div className={classes.columns}>
          <AlertsOverTime
            bars={time.bars}
            barMs={time.barMs}
            range={time.range}
            ranges={OVERVIEW_RANGES.map((key) => ({ key, label: RANGE_LABELS[key], href: serialize('/', { range: key, view }) }))}
            view={view}
            views={{ chart: serialize('/', { range, view: 'chart' }), table: serialize('/', { range, view: 'table' }) }}
          />
          <OpenByAge
            rows={AGE_BANDS.map((band) => ({
              key: band.key,
              label: AGE_LABELS[band.key],
              // The youngest band has no end: a clock that runs ahead makes events of the future.
              from: before(band.to),
              to: band.from === 0 ? null : before(band.from),
              counts: open.byAge[band.key],
            }))}
          />
        </div>
        <div className={classes.columns}>
          <div className={classes.stack}>
            <AskedRoles roles={asked.roles} total={asked.total} />
            <NoisiestParents parents={parents.map((parent) => ({ ...parent, isGeneric: isGenericProgram(parent.executable) }))} />
          </div>
          <div className={classes.stack}>
            <SourceHealthPanel sources={sources.slice(0, 6)} total={sources.length} />
            <ExpiringExceptions exceptions={expiring} heldBackToday={heldBackToday} />
          </div>
        </div>
      </div>
    </Page>
  )
}
