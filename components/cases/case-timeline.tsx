import { IconBolt, IconBriefcase2, IconNote, IconRadar2, IconUserCheck, type Icon } from '@tabler/icons-react'
import Link from 'next/link'
import { EmptyState } from '@/components/ui/empty-state'
import { visibleText } from '@/lib/text/visible-text'
import { Panel } from '@/components/ui/panel'
import { Timestamp } from '@/components/ui/timestamp'
import { alertRef } from '@/lib/alerts/schema'
import { TIMELINE_KIND_LABELS, type CaseDetail, type TimelineEntry, type TimelineKind } from '@/lib/cases/schema'
import classes from './cases.module.css'

const ICONS: Readonly<Record<TimelineKind, Icon>> = { activity: IconBolt, detection: IconRadar2, triage: IconUserCheck, case: IconBriefcase2, note: IconNote }
const NOTE_SHOWN = 280

function EntryText({ entry: { kind, actor, text, alertId } }: { entry: TimelineEntry }) {
  const shown = text.length > NOTE_SHOWN ? `${text.slice(0, NOTE_SHOWN)}…` : text
  return (
    <div className={classes.entryText}>
      <span className={classes.rowHead}>
        {TIMELINE_KIND_LABELS[kind]}
        {actor !== null && <> · {actor}</>}
        {alertId !== null && (
          <Link href={`/alerts/${alertRef(alertId)}`} prefetch={false}>
            {alertRef(alertId)}
          </Link>
        )}
      </span>
      <span className={kind === 'note' ? classes.kept : undefined} dir="auto">
        {kind === 'note' ? shown : visibleText(shown)}
      </span>
    </div>
  )
}

/** What happened on the hosts, what the detector said, and what people did, oldest first. */
export function CaseTimeline({ detail: { timeline, timelineCount } }: { detail: CaseDetail }) {
  const earlier = timelineCount - timeline.length
  return (
    <Panel title="Timeline" count={timelineCount} flush>
      {timeline.length === 0 ? (
        <EmptyState size="inline" icon={<IconBolt size={22} stroke={1.6} />} title="Nothing has happened yet" />
      ) : (
        <ol className={classes.timeline}>
          {earlier > 0 && <li className={classes.empty}>{earlier.toLocaleString('en')} earlier entries are not shown here; the export has them all.</li>}
          {timeline.map((entry, i) => {
            const EntryIcon = ICONS[entry.kind]
            return (
              <li key={`${i}-${entry.at}`} className={classes.entry}>
                <span className={classes.entryTime}>
                  <Timestamp value={entry.at} />
                </span>
                <span className={classes.entryMark} data-kind={entry.kind}>
                  <EntryIcon size={16} stroke={1.8} aria-hidden />
                </span>
                <EntryText entry={entry} />
              </li>
            )
          })}
        </ol>
      )}
    </Panel>
  )
}
