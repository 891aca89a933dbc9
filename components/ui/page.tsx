import type { ReactNode } from 'react'
import classes from './page.module.css'

interface PageProps {
  /** `fill` is exactly as high as the window, for a list that scrolls inside; `prose` is narrow, for forms and text. */
  readonly layout?: 'flow' | 'fill' | 'prose'
  readonly children: ReactNode
}

/** The ground of a page: gutters, width, and whether it or its list scrolls. The first child is a PageHeader. */
export function Page({ layout = 'flow', children }: PageProps) {
  return (
    <div className={classes.page} data-layout={layout}>
      {children}
    </div>
  )
}
