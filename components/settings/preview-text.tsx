import { formatBytes } from '@/components/sources/format-bytes'
import { Timestamp } from '@/components/ui/timestamp'
import type { RetentionPreview } from '@/lib/retention/schema'
import classes from './retention-form.module.css'

function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

function because({ openAlerts, cases }: RetentionPreview): string {
  const reasons = [...(openAlerts > 0 ? [count(openAlerts, 'open alert')] : []), ...(cases > 0 ? [count(cases, 'case')] : [])]
  return reasons.join(' and ')
}

/** What a policy would do now, in sentences. */
export function PreviewText({ preview }: { preview: RetentionPreview }) {
  const { events, rejects, kept, keptIsAtLeast, bytes, receivedBefore, policy, bytesInUse } = preview
  const stillOver = policy.maxBytes !== null && bytesInUse - bytes > policy.maxBytes * 1.02
  return (
    <>
      {events + rejects === 0 || receivedBefore === null ? (
        <p>Nothing would be deleted now.</p>
      ) : (
        <p>
          Would delete about <strong>{count(events, 'event')}</strong>
          {rejects > 0 && ` and ${count(rejects, 'rejected record')}`} received before <Timestamp value={receivedBefore} />, and free about <strong>{formatBytes(bytes)}</strong>. They cannot be
          brought back.
        </p>
      )}
      {kept > 0 && (
        <p>
          {keptIsAtLeast ? 'At least ' : ''}
          {count(kept, 'event')} of that time {kept === 1 ? 'is' : 'are'} kept because of {because(preview)}.
        </p>
      )}
      {stillOver && <p className={classes.warning}>The database would stay larger than {formatBytes(policy.maxBytes ?? 0)}: what is left belongs to open alerts and cases, or came within the last hour.</p>}
    </>
  )
}
