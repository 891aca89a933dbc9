import { alertsHref } from '@/components/overview/alert-links'
import { SEVERITY_COLORS, SEVERITY_WORDS, WORST_FIRST, type SeverityCounts } from '@/components/overview/severity-counts'
import { formatDelta } from '@/components/ui/format-delta'
import { SeverityMark } from '@/components/ui/severity-mark'
import { StatTile } from '@/components/ui/stat-tile'
import classes from './open-tiles.module.css'

interface OpenTilesProps {
  readonly open: { readonly total: number; readonly bySeverity: SeverityCounts }
  readonly acknowledged: number
  readonly closed: number
  readonly verdicts: { readonly verdicts: number; readonly medianMs: number | null }
}

/** What waits, by severity, and how fast verdicts are reached. */
export function OpenTiles({ open, acknowledged, closed, verdicts }: OpenTilesProps) {
  return (
    <div className={classes.tiles}>
      <StatTile
        label="Open alerts"
        value={open.total}
        href={alertsHref({ status: ['open'] })}
        detail={`${acknowledged.toLocaleString('en')} acknowledged, ${closed.toLocaleString('en')} closed`}
      />
      {WORST_FIRST.map((severity) => (
        <StatTile
          key={severity}
          label={`Open, ${SEVERITY_WORDS[severity].toLowerCase()}`}
          value={open.bySeverity[severity]}
          href={alertsHref({ status: ['open'], severity: [severity] })}
          icon={
            <span className={classes.mark} style={{ color: SEVERITY_COLORS[severity] }}>
              <SeverityMark severity={severity} size={13} />
            </span>
          }
        />
      ))}
      <StatTile
        label="Time to verdict"
        value={verdicts.medianMs === null ? '–' : formatDelta(verdicts.medianMs)}
        href={alertsHref({ status: ['closed'] })}
        detail={verdicts.verdicts === 0 ? 'no verdicts in 30 days' : `median of ${verdicts.verdicts.toLocaleString('en')} in 30 days`}
      />
    </div>
  )
}
