import Link from 'next/link'
import type { ReactNode } from 'react'
import classes from './stat-tile.module.css'

interface StatTileProps {
  readonly label: string
  readonly value: number | string
  /** What lies behind the number; a number without its list cannot be checked. */
  readonly href?: string
  /** A comparison, a mark or a small chart below the number. */
  readonly detail?: ReactNode
  readonly icon?: ReactNode
}

/** One number with its name, leading to the list that it counts. */
export function StatTile({ label, value, href, detail, icon }: StatTileProps) {
  const content = (
    <>
      <span className={classes.label}>
        {icon}
        {label}
      </span>
      <span className={classes.value}>{typeof value === 'number' ? value.toLocaleString('en') : value}</span>
      {detail !== undefined && <span className={classes.detail}>{detail}</span>}
    </>
  )
  if (href === undefined) return <div className={classes.tile}>{content}</div>
  return (
    <Link href={href} className={classes.tile}>
      {content}
    </Link>
  )
}
