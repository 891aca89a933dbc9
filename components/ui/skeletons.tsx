import classes from './skeletons.module.css'

/** A grey bar where text will be. `width` is any CSS length. */
export function SkeletonBar({ width = '100%', height = 12 }: { width?: string; height?: number }) {
  return <span className={classes.bar} style={{ width, height }} />
}

// Lengths that look like text; fixed, because a skeleton that differs between server and browser would flicker.
const WIDTHS = ['72%', '54%', '88%', '63%', '41%', '79%', '58%', '92%']

/** A list that is on its way. Says so to a screen reader. */
export function ListSkeleton({ rows = 8, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <output className={classes.list}>
      <span className="visually-hidden">{label}</span>
      {Array.from({ length: rows }, (_, i) => (
        <span key={WIDTHS[i % WIDTHS.length] + String(i)} className={classes.row} aria-hidden="true">
          <SkeletonBar width="64px" />
          <SkeletonBar width={WIDTHS[i % WIDTHS.length]} />
          <SkeletonBar width="96px" />
        </span>
      ))}
    </output>
  )
}

/** A page that is on its way: its head and a list. For `loading.tsx`. */
export function PageSkeleton() {
  return (
    <div className={classes.page}>
      <SkeletonBar width="180px" height={20} />
      <ListSkeleton label="Loading page" rows={12} />
    </div>
  )
}
