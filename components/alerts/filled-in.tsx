import classes from './filled-in.module.css'

/** Marks a value that the record itself does not have. */
export function FilledIn({ origin }: { origin: string }) {
  return (
    <span className={classes.mark} title={`Not in the record itself: ${origin}`}>
      filled in<span className="visually-hidden">, {origin}</span>
    </span>
  )
}
