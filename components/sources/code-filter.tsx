import Link from 'next/link'
import classes from './code-filter.module.css'

interface CodeFilterProps {
  readonly codes: ReadonlyArray<{ readonly code: string; readonly count: number; readonly href: string }>
  readonly all: { readonly count: number; readonly href: string }
  readonly current: string | null
}

/** The reasons there are, as links that leave one of them. */
export function CodeFilter({ codes, all, current }: CodeFilterProps) {
  const items = [{ code: null, label: 'All', ...all }, ...codes.map((item) => ({ ...item, label: item.code }))]
  return (
    <nav aria-label="Reasons" className={classes.row}>
      {items.map(({ code, label, count, href }) => (
        <Link key={label} href={href} className={classes.item} aria-current={code === current ? 'true' : undefined} scroll={false}>
          {code === null ? label : <code>{label}</code>}
          <span className={classes.count}>{count.toLocaleString('en')}</span>
        </Link>
      ))}
    </nav>
  )
}
