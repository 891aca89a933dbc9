import { IconInfoCircle } from '@tabler/icons-react'
import { Timestamp } from '@/components/ui/timestamp'
import classes from './retracted-notice.module.css'

/** Says what an analyst should know before reading on: that the match is gone, or that the alert was one too many. */
export function RetractedNotice({ retractedAt, overCap }: { retractedAt: string | null; overCap: boolean }) {
  if (retractedAt === null && !overCap) return null
  return (
    <div className={classes.notice} role="note">
      <IconInfoCircle size={16} stroke={1.8} aria-hidden />
      <p>
        {retractedAt !== null && (
          <>
            Retracted <Timestamp value={retractedAt} />: with an event that arrived later the rule no longer matches. The alert stays, with its history.{' '}
          </>
        )}
        {overCap && 'Raised beyond the rule’s max_signals: the queue folds it away.'}
      </p>
    </div>
  )
}
