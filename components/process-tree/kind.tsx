import type { Icon } from '@tabler/icons-react'
import classes from './process-tree.module.css'

/** A mark that says what kind of row this is, in words for who does not see it. */
export function Kind({ icon: Mark, words }: { icon: Icon; words: string }) {
  return (
    <span className={classes.kind} title={words}>
      <Mark size={14} stroke={1.8} aria-hidden="true" />
      <span className="visually-hidden">{words}</span>
    </span>
  )
}
