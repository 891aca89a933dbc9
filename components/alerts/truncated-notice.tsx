import { IconCut } from '@tabler/icons-react'
import type { AlertCap, Truncation } from '@/lib/alerts/schema'
import classes from './retracted-notice.module.css'

const SENTENCES: Readonly<Record<AlertCap, (limit: string) => string>> = {
  events: (limit) =>
    `More than ${limit} events that the rule is about share these keys within its span; only the newest ${limit} were looked at together. What belongs to this alert and began before them is not shown, and what would have spoken against it was not seen.`,
  keys: (limit) => `One of its records has ${limit} combinations of join values or more; under the others nothing was looked for.`,
  ancestors: (limit) => `The process has more than ${limit} ancestors; those further up were not looked at, so the rule could not see what they ran.`,
  records: (limit) => `One of its processes has more than ${limit} records; the later ones were not looked at, so connections may be missing.`,
  connections: (limit) => `The process made more than ${limit} connections within ten seconds; the first ${limit} are linked.`,
}

/** Says what was not looked at for an alert, and why that matters. */
export function TruncatedNotice({ truncated }: { truncated: readonly Truncation[] }) {
  if (truncated.length === 0) return null
  return (
    <div className={classes.notice} role="note">
      <IconCut size={16} stroke={1.8} aria-hidden />
      <div>
        {truncated.map(({ cap, limit }) => (
          <p key={cap}>{SENTENCES[cap](limit.toLocaleString('en'))}</p>
        ))}
      </div>
    </div>
  )
}
