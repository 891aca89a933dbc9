import Link from 'next/link'
import { Timestamp } from '@/components/ui/timestamp'
import { alertRef } from '@/lib/alerts/schema'
import type { Conflict } from '@/lib/errors'
import { visibleText } from '@/lib/text/visible-text'
import classes from './close-dialog.module.css'

/** Who changed what and when, before somebody gives an act that did not know of it. */
export function ChangedMeanwhile({ conflict, single }: { conflict: Conflict; single: boolean }) {
  const more = conflict.alertIds.length - conflict.changes.length
  return (
    <div role="alert" className={classes.conflict}>
      <p>{single ? 'It was changed since this page showed it. Nothing is closed yet.' : 'Some were changed since this page showed them. Nothing is closed yet.'}</p>
      <ul>
        {conflict.changes.map(({ alertId, actor, at, text }) => (
          <li key={alertId}>
            {!single && (
              <>
                <Link href={`/alerts/${alertRef(alertId)}`} target="_blank">
                  {alertRef(alertId)}
                </Link>{' '}
              </>
            )}
            <b>{actor}</b>, <Timestamp value={at} relative="beside" />: {visibleText(text)}
          </li>
        ))}
        {more > 0 && <li>and {more.toLocaleString('en')} more</li>}
      </ul>
    </div>
  )
}
