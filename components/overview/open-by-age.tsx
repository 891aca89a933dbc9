import Link from 'next/link'
import { alertsHref } from '@/components/overview/alert-links'
import { SEVERITY_COLORS, SEVERITY_WORDS, totalOf, WORST_FIRST, type SeverityCounts } from '@/components/overview/severity-counts'
import { Panel } from '@/components/ui/panel'
import classes from './open-by-age.module.css'

export interface AgeRow {
  readonly key: string
  readonly label: string
  /** ISO 8601: from inclusive, to exclusive; null where the band has no end. */
  readonly from: string | null
  readonly to: string | null
  readonly counts: SeverityCounts
}

/** Open alerts by how long ago they happened, each band a bar of severities that leads to its list. */
export function OpenByAge({ rows }: { rows: readonly AgeRow[] }) {
  const most = Math.max(1, ...rows.map(({ counts }) => totalOf(counts)))
  return (
    <Panel title="Open alerts by age" description="Since their event happened">
      <ul className={classes.list}>
        {rows.map(({ key, label, from, to, counts }) => {
          const total = totalOf(counts)
          const said = WORST_FIRST.filter((severity) => counts[severity] > 0).map((severity) => `${counts[severity]} ${SEVERITY_WORDS[severity].toLowerCase()}`)
          return (
            <li key={key} className={classes.band}>
              <span className={classes.label}>{label}</span>
              <span className={classes.count}>
                {total === 0 ? <span className={classes.none}>0</span> : <Link href={alertsHref({ status: ['open'], from, to })}>{total.toLocaleString('en')}</Link>}
              </span>
              <span className={classes.track} title={said.join(', ')} aria-hidden="true">
                {WORST_FIRST.filter((severity) => counts[severity] > 0).map((severity) => (
                  <span key={severity} style={{ width: `${(counts[severity] / most) * 100}%`, background: SEVERITY_COLORS[severity] }} />
                ))}
              </span>
              {said.length > 0 && <span className="visually-hidden">{said.join(', ')}</span>}
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
