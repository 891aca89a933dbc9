import type { ReactNode } from 'react'
import classes from './alert-layout.module.css'

interface AlertLayoutProps {
  /** What happened: the tabs. */
  readonly main: ReactNode
  /** What to do: stays in view beside it. */
  readonly side: ReactNode
}

/** The alert's two columns; one below the other where the window is narrow. */
export function AlertLayout({ main, side }: AlertLayoutProps) {
  return (
    <div className={classes.layout}>
      <div className={classes.main}>{main}</div>
      <aside className={classes.side} aria-label="Triage">
        {side}
      </aside>
    </div>
  )
}

/** A surface of the alert's page. */
export function Surface({ children }: { children: ReactNode }) {
  return <div className={classes.surface}>{children}</div>
}
