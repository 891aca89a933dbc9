import classes from './logo.module.css'

/** The mark: a parent process and its two children, one of which reached out. Beside it, unless `compact`, the name. */
export function Logo({ compact = false }: { compact?: boolean }) {
  return (
    <span className={classes.logo}>
      <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="7" className={classes.ground} />
        <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round">
          <path d="M8.5 7.5v12.25a3.75 3.75 0 0 0 3.75 3.75h5.25" />
          <path d="M14.5 14.5h3.75" />
        </g>
        <circle cx="8.5" cy="7.5" r="2.9" fill="#fff" />
        <circle cx="22.25" cy="14.5" r="2.9" className={classes.ground} stroke="#fff" strokeWidth="2.2" />
        <circle cx="22.25" cy="23.5" r="2.9" fill="#fff" />
      </svg>
      <span className={compact ? 'visually-hidden' : classes.name}>Linklocal</span>
    </span>
  )
}
