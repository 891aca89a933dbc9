import type { ReactNode } from 'react'
import classes from './empty-state.module.css'

interface EmptyStateProps {
  /** An icon of 28 px. */
  readonly icon: ReactNode
  /** What would be here. */
  readonly title: string
  /** How to get it there. */
  readonly children?: ReactNode
  readonly action?: ReactNode
  /** `page` takes the place of a page's content, `inline` that of a panel's. */
  readonly size?: 'page' | 'inline'
}

/** Says what would be here and how to get it there. */
export function EmptyState({ icon, title, children, action, size = 'page' }: EmptyStateProps) {
  return (
    <div className={classes.empty} data-size={size}>
      <span className={classes.icon} aria-hidden="true">
        {icon}
      </span>
      <p className={classes.title}>{title}</p>
      {children !== undefined && <div className={classes.text}>{children}</div>}
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </div>
  )
}
