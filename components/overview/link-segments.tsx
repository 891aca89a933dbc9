import Link from 'next/link'
import type { ReactNode } from 'react'
import classes from './link-segments.module.css'

interface LinkSegmentsProps {
  readonly label: string
  readonly current: string
  readonly segments: ReadonlyArray<{ readonly key: string; readonly label: string; readonly href: string; readonly icon?: ReactNode }>
}

/** A choice that is kept in the address: one link for each, the current one marked. With an icon the label is for its name. */
export function LinkSegments({ label, current, segments }: LinkSegmentsProps) {
  return (
    <nav aria-label={label} className={classes.segments}>
      {segments.map(({ key, label: name, href, icon }) => (
        <Link
          key={key}
          href={href}
          scroll={false}
          replace
          className={classes.segment}
          aria-current={key === current ? 'true' : undefined}
          aria-label={icon === undefined ? undefined : name}
          title={icon === undefined ? undefined : name}
        >
          {icon ?? name}
        </Link>
      ))}
    </nav>
  )
}
