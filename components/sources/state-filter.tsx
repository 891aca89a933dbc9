import Link from 'next/link'
import type { RejectState } from '@/lib/ingest/schema'
import classes from './code-filter.module.css'

interface StateFilterProps {
  readonly items: readonly { readonly state: RejectState; readonly count: number; readonly href: string }[]
  readonly current: RejectState
}

const WORDS: Readonly<Record<RejectState, string>> = { open: 'Still rejected', resolved: 'Stored later' }

/** Rejects as they stand: those still rejected, and those that a retry stored. */
export function StateFilter({ items, current }: StateFilterProps) {
  return (
    <nav aria-label="State" className={classes.row}>
      {items.map(({ state, count, href }) => (
        <Link key={state} href={href} className={classes.item} aria-current={state === current ? 'true' : undefined} scroll={false}>
          {WORDS[state]}
          <span className={classes.count}>{count.toLocaleString('en')}</span>
        </Link>
      ))}
    </nav>
  )
}
