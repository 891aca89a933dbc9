'use client'

import Link from 'next/link'
import { alertsHref } from '@/components/overview/alert-links'
import type { AlertBar } from '@/components/overview/alerts-chart'
import { barSpan } from '@/components/overview/bar-label'
import { SEVERITY_WORDS, totalOf, WORST_FIRST } from '@/components/overview/severity-counts'
import { useTimeZone } from '@/components/ui/time-provider'
import classes from './overview-table.module.css'

/** The chart's numbers as a table, newest first; spans without alerts are left out. */
export function AlertsTable({ bars, barMs }: { bars: readonly AlertBar[]; barMs: number }) {
  const { zone } = useTimeZone()
  const rows = bars.filter((bar) => totalOf(bar) > 0).toReversed()
  return (
    // What scrolls is reached through the links in it.
    <div className={classes.scroll} style={{ height: 260 }}>
      <table className={classes.table}>
        <caption className="visually-hidden">Alerts over time by severity</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {WORST_FIRST.map((severity) => (
              <th key={severity} scope="col" className={classes.number}>
                {SEVERITY_WORDS[severity]}
              </th>
            ))}
            <th scope="col" className={classes.number}>
              All
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((bar) => {
            const range = { from: bar.from, to: bar.to, capped: true }
            return (
              <tr key={bar.from}>
                <th scope="row">{barSpan(bar.from, bar.to, barMs, zone)}</th>
                {WORST_FIRST.map((severity) => (
                  <td key={severity} className={classes.number}>
                    {bar[severity] === 0 ? (
                      <span className={classes.quiet}>0</span>
                    ) : (
                      <Link href={alertsHref({ ...range, severity: [severity] })}>{bar[severity].toLocaleString('en')}</Link>
                    )}
                  </td>
                ))}
                <td className={classes.number}>
                  <Link href={alertsHref(range)}>{totalOf(bar).toLocaleString('en')}</Link>
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
