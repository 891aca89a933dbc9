import { IconArchiveOff } from '@tabler/icons-react'
import { Timestamp } from '@/components/ui/timestamp'
import type { AlertDetail } from '@/lib/alerts/schema'
import classes from './retracted-notice.module.css'

/** Says that what the alert was made of is no longer stored, and that nothing else of it is gone. */
export function RemovedNotice({ missingEvents, recordsRemovedAt }: Pick<AlertDetail, 'missingEvents' | 'recordsRemovedAt'>) {
  if (missingEvents === 0 || recordsRemovedAt === null) return null
  return (
    <div className={classes.notice} role="note">
      <IconArchiveOff size={16} stroke={1.8} aria-hidden />
      <p>
        {missingEvents === 1 ? 'One linked record was' : `${missingEvents.toLocaleString('en')} linked records were`} deleted by retention <Timestamp value={recordsRemovedAt} />. What the alert
        said of them, its verdict, checklist and history stay. Sent again, they are linked again.
      </p>
    </div>
  )
}
