'use client'

import { BarChart } from '@mantine/charts'
import { useRouter } from 'next/navigation'
import { alertsHref } from '@/components/overview/alert-links'
import { barLabel, barSpan } from '@/components/overview/bar-label'
import { SEVERITY_COLORS, SEVERITY_WORDS, WORST_FIRST, type SeverityCounts } from '@/components/overview/severity-counts'
import { SeverityMark } from '@/components/ui/severity-mark'
import { useTimeZone } from '@/components/ui/time-provider'
import { SEVERITIES } from '@/lib/rules/schema'
import classes from './alerts-chart.module.css'

/** The alerts of a span of time. ISO 8601: from inclusive, to exclusive. */
export interface AlertBar extends SeverityCounts {
  readonly from: string
  readonly to: string
}

const SERIES = SEVERITIES.map((severity) => ({ name: severity, label: SEVERITY_WORDS[severity], color: SEVERITY_COLORS[severity] }))

/** The chart adds `label`: the key of the bar under the pointer. */
function Tip({ bars, barMs, zone, label }: { bars: readonly AlertBar[]; barMs: number; zone: string; label?: string }) {
  const bar = bars.find(({ from }) => from === label)
  if (!bar) return null
  const shown = WORST_FIRST.filter((severity) => bar[severity] > 0)
  return (
    <div className={classes.tip}>
      <p className={classes.span}>{barSpan(bar.from, bar.to, barMs, zone)}</p>
      {shown.map((severity) => (
        <p key={severity} className={classes.line} style={{ color: SEVERITY_COLORS[severity] }}>
          <SeverityMark severity={severity} size={12} />
          <span>{SEVERITY_WORDS[severity]}</span>
          <b>{bar[severity].toLocaleString('en')}</b>
        </p>
      ))}
      {shown.length === 0 && <p className={classes.line}>No alerts</p>}
    </div>
  )
}

/**
 * Alerts over time, stacked by severity. A click on a bar leads to its alerts. For who looks only: the table beside it has
 * the same numbers and links, and the legend above the sums.
 */
export function AlertsChart({ bars, barMs }: { bars: readonly AlertBar[]; barMs: number }) {
  const { zone } = useTimeZone()
  const router = useRouter()
  const labels = new Map(bars.map((bar) => [bar.from, barLabel(bar.from, barMs, zone)]))
  return (
    <div className={classes.chart} aria-hidden="true">
      <BarChart
        h="100%"
        data={[...bars]}
        dataKey="from"
        type="stacked"
        series={SERIES}
        gridAxis="x"
        tickLine="none"
        maxBarWidth={28}
        strokeDasharray="2 4"
        xAxisProps={{ tickFormatter: (from: string) => labels.get(from) ?? '', minTickGap: 28 }}
        yAxisProps={{ allowDecimals: false, width: 44 }}
        barProps={{ isAnimationActive: false, cursor: 'pointer' }}
        barChartProps={{
          accessibilityLayer: false,
          barCategoryGap: '18%',
          margin: { top: 6, right: 4, bottom: 0, left: 0 },
          onClick: ({ activeLabel }) => {
            const bar = bars.find(({ from }) => from === activeLabel)
            if (bar) router.push(alertsHref({ from: bar.from, to: bar.to, capped: true }))
          },
        }}
        tooltipAnimationDuration={0}
        tooltipProps={{
          content: <Tip bars={bars} barMs={barMs} zone={zone} />,
        }}
      />
    </div>
  )
}

/** From when to when the bars reach, in the chosen zone. */
export function BarsSpan({ bars, barMs }: { bars: readonly AlertBar[]; barMs: number }) {
  const { zone } = useTimeZone()
  const first = bars[0]
  const last = bars.at(-1)
  return first && last ? barSpan(first.from, last.to, barMs, zone) : null
}
