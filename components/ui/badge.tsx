import type { ReactNode } from 'react'
import classes from './badge.module.css'

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad' | 'low' | 'medium' | 'high' | 'critical'

interface BadgeProps {
  readonly tone?: Tone
  /** `soft` has a tinted ground, for headers; `plain` colours the mark only, for tables; `outline` has a border. */
  readonly variant?: 'soft' | 'plain' | 'outline'
  /** A mark of 14 px, so that colour is never the only signal. */
  readonly icon?: ReactNode
  readonly title?: string
  readonly children: ReactNode
}

/** A short word with a mark: the ground of all the console's badges. */
export function Badge({ tone = 'neutral', variant = 'soft', icon, title, children }: BadgeProps) {
  return (
    <span className={classes.badge} data-tone={tone} data-variant={variant} title={title}>
      {icon}
      <span className={classes.text}>{children}</span>
    </span>
  )
}
