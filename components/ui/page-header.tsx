import { IconChevronRight } from '@tabler/icons-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import classes from './page-header.module.css'

interface PageHeaderProps {
  readonly title: ReactNode
  /** The way here, outermost first; the page itself is left out. */
  readonly breadcrumb?: ReadonlyArray<{ readonly label: string; readonly href: string }>
  /** Badges and numbers beside the title. */
  readonly meta?: ReactNode
  /** One sentence below the title. */
  readonly description?: ReactNode
  /** Buttons at the right. */
  readonly actions?: ReactNode
}

/** The head of a page: its one h1, the way to it, and what can be done with the whole of it. */
export function PageHeader({ title, breadcrumb = [], meta, description, actions }: PageHeaderProps) {
  return (
    <header className={classes.header}>
      <div className={classes.words}>
        {breadcrumb.length > 0 && (
          <nav aria-label="Breadcrumb">
            <ol className={classes.breadcrumb}>
              {breadcrumb.map(({ label, href }) => (
                <li key={href}>
                  <Link href={href}>{label}</Link>
                  <IconChevronRight size={13} aria-hidden />
                </li>
              ))}
            </ol>
          </nav>
        )}
        <div className={classes.row}>
          <h1 className={classes.title}>{title}</h1>
          {meta !== undefined && <div className={classes.meta}>{meta}</div>}
        </div>
        {description !== undefined && <p className={classes.description}>{description}</p>}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </header>
  )
}
