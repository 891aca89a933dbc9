import type { ReactNode } from 'react'
import classes from './panel.module.css'

interface PanelProps {
  readonly title: ReactNode
  /** The heading's level; h2 on a page, h3 inside of another panel. */
  readonly level?: 2 | 3 | 4
  /** The number of things inside, shown beside the title. */
  readonly count?: number
  readonly description?: ReactNode
  readonly actions?: ReactNode
  /** Without inner padding, for a table or a list that reaches the border. */
  readonly flush?: boolean
  readonly id?: string
  readonly children: ReactNode
}

/** A titled part of a page on a surface of its own. */
export function Panel({ title, level = 2, count, description, actions, flush = false, id, children }: PanelProps) {
  const Heading = `h${level}` as const
  return (
    <section className={classes.panel} id={id}>
      <div className={classes.head}>
        <div className={classes.words}>
          <Heading className={classes.title}>
            {title}
            {count !== undefined && <span className={classes.count}>{count.toLocaleString('en')}</span>}
          </Heading>
          {description !== undefined && <p className={classes.description}>{description}</p>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </div>
      <div className={classes.body} data-flush={flush || undefined}>
        {children}
      </div>
    </section>
  )
}
