import { IconBriefcase2, IconCircleCheck, IconClockEdit, IconCut, IconFilterOff, IconListCheck, IconMessage, IconRadar2, IconUser, IconMessageOff } from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'
import { Markdown } from '@/components/ui/markdown'
import { Timestamp } from '@/components/ui/timestamp'
import { visibleText } from '@/lib/text/visible-text'
import type { AlertHistoryEntry } from '@/lib/alerts/schema'
import classes from './history.module.css'

const ICONS: Readonly<Record<string, Icon>> = {
  raised: IconRadar2,
  relinked: IconRadar2,
  truncated: IconCut,
  retracted: IconRadar2,
  restored: IconRadar2,
  status: IconCircleCheck,
  assignee: IconUser,
  note: IconMessage,
  withdrawn: IconMessageOff,
  checklist: IconListCheck,
  exception: IconFilterOff,
  case: IconBriefcase2,
}

/** Everything that happened to the alert, newest first: by the detector and by people. */
export function History({ entries }: { entries: readonly AlertHistoryEntry[] }) {
  const withdrawn = new Set(entries.map(({ kind, detail }) => (kind === 'withdrawn' ? detail['note'] : undefined)))
  return (
    <ol className={classes.history}>
      {entries.toReversed().map((entry) => {
        const Mark = ICONS[entry.kind] ?? IconClockEdit
        return (
          <li key={entry.id} className={classes.entry} data-kind={entry.kind} data-withdrawn={withdrawn.has(entry.id) || undefined}>
            <Mark size={16} stroke={1.7} className={classes.icon} aria-hidden />
            <div className={classes.body}>
              {entry.kind === 'note' ? <Markdown>{entry.text}</Markdown> : <p className={classes.text}>{visibleText(entry.text)}</p>}
              <p className={classes.by}>
                {withdrawn.has(entry.id) && <b>Withdrawn. </b>}
                {entry.actor} · <Timestamp value={entry.at} relative="beside" />
              </p>
            </div>
          </li>
        )
      })}
    </ol>
  )
}
