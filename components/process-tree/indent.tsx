import classes from './process-tree.module.css'

/** Levels that are drawn; deeper rows keep the nearest lines and say their level. */
const DRAWN = 12

interface IndentProps {
  readonly level: number
  readonly guides: readonly boolean[]
  readonly last: boolean
}

/** The lines that lead to a row. For the eye only: level and position are on the row. */
export function Indent({ level, guides, last }: IndentProps) {
  if (level === 1) return null
  const drawn = guides.slice(-DRAWN)
  return (
    <span className={classes.indent} aria-hidden="true">
      {guides.length > DRAWN && <span className={classes.deep}>{level}</span>}
      {drawn.map((on, i) => (
        <span key={`${i}`} className={classes.guide} data-on={on || undefined} />
      ))}
      <span className={classes.elbow} data-last={last || undefined} />
    </span>
  )
}
