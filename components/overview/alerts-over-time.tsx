import { IconChartBar, IconTable } from '@tabler/icons-react'
import { AlertsChart, BarsSpan, type AlertBar } from '@/components/overview/alerts-chart'
import { AlertsTable } from '@/components/overview/alerts-table'
import { LinkSegments } from '@/components/overview/link-segments'
import { SEVERITY_COLORS, SEVERITY_WORDS, totalOf, WORST_FIRST } from '@/components/overview/severity-counts'
import { EmptyState } from '@/components/ui/empty-state'
import { Panel } from '@/components/ui/panel'
import { SeverityMark } from '@/components/ui/severity-mark'
import classes from './alerts-over-time.module.css'

interface AlertsOverTimeProps {
  readonly bars: readonly AlertBar[]
  readonly barMs: number
  readonly range: string
  readonly ranges: ReadonlyArray<{ readonly key: string; readonly label: string; readonly href: string }>
  readonly view: 'chart' | 'table'
  readonly views: Readonly<Record<'chart' | 'table', string>>
}

/** Alerts over time by severity, to look at as a chart or to read as a table. */
export function AlertsOverTime({ bars, barMs, range, ranges, view, views }: AlertsOverTimeProps) {
  return (
    <Panel
      title="Alerts over time"
      description={bars.length === 0 ? 'By when their event happened' : <BarsSpan bars={bars} barMs={barMs} />}
      flush={view === 'table' && bars.length > 0}
      actions={
        <>
          <LinkSegments label="Range" current={range} segments={ranges} />
          <LinkSegments
            label="View"
            current={view}
            segments={[
              { key: 'chart', label: 'Chart', href: views.chart, icon: <IconChartBar size={15} stroke={1.8} /> },
              { key: 'table', label: 'Table', href: views.table, icon: <IconTable size={15} stroke={1.8} /> },
            ]}
          />
        </>
      }
    >
      {bars.length === 0 ? (
        <div className={classes.empty}>
          <EmptyState size="inline" icon={<IconChartBar size={22} stroke={1.6} />} title="No alerts in this range" />
        </div>
      ) : view === 'table' ? (
        <AlertsTable bars={bars} barMs={barMs} />
      ) : (
        <>
          <ul className={classes.legend} aria-label="Alerts in this range by severity">
            {WORST_FIRST.map((severity) => (
              <li key={severity} style={{ color: SEVERITY_COLORS[severity] }}>
                <SeverityMark severity={severity} size={12} />
                <span>{SEVERITY_WORDS[severity]}</span>
                <b>{bars.reduce((sum, bar) => sum + bar[severity], 0).toLocaleString('en')}</b>
              </li>
            ))}
            <li className={classes.total}>
              <span>All</span>
              <b>{bars.reduce((sum, bar) => sum + totalOf(bar), 0).toLocaleString('en')}</b>
            </li>
          </ul>
          <AlertsChart bars={bars} barMs={barMs} />
        </>
      )}
    </Panel>
  )
}
