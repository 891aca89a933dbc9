import classes from './risk-score.module.css'

/** A rule's risk score, 0 to 100, as a number with a small bar. */
export function RiskScore({ score }: { score: number }) {
  const bounded = Math.min(100, Math.max(0, score))
  // The bands of Elastic's severities: 21 low, 47 medium, 73 high, 99 critical.
  const tone = bounded > 73 ? 'critical' : bounded > 47 ? 'high' : bounded > 21 ? 'medium' : 'low'
  return (
    <span className={classes.risk} title={`Risk score ${score} of 100`}>
      <span className="visually-hidden">Risk score </span>
      <span className={classes.number}>{score}</span>
      <span className={classes.track} aria-hidden="true">
        <span className={classes.fill} data-tone={tone} style={{ width: `${bounded}%` }} />
      </span>
    </span>
  )
}
