import classes from './progress-pill.module.css'

interface ProgressPillProps {
  readonly done: number
  readonly total: number
  /** What is counted, for a screen reader: `checklist items`. */
  readonly of?: string
}

/** How far something is: `3/7` beside a ring that fills. Nothing to do shows a dash. */
export function ProgressPill({ done, total, of = 'items' }: ProgressPillProps) {
  if (total === 0) return <span className={classes.none}>–</span>
  const share = Math.min(1, Math.max(0, done / total))
  return (
    <span className={classes.pill} data-complete={share === 1 || undefined} title={`${done} of ${total} ${of} done`}>
      <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true" focusable="false">
        <circle cx="7" cy="7" r="5.25" className={classes.track} />
        <circle cx="7" cy="7" r="5.25" className={classes.fill} pathLength="1" strokeDasharray={`${share} 1`} transform="rotate(-90 7 7)" />
      </svg>
      <span>
        {done}
        <span className={classes.total}>/{total}</span>
      </span>
    </span>
  )
}
