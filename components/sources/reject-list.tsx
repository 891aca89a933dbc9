import Link from 'next/link'
import { formatBytes } from '@/components/sources/format-bytes'
import { RejectButtons } from '@/components/sources/reject-buttons'
import { MachinePieces } from '@/components/ui/machine-text/machine-pieces'
import { Mono } from '@/components/ui/machine-text/mono'
import { Timestamp } from '@/components/ui/timestamp'
import { LIMITS } from '@/lib/limits'
import type { RejectedRecord } from '@/lib/ingest/schema'
import classes from './reject-list.module.css'

interface RejectListProps {
  readonly rejects: readonly RejectedRecord[]
  readonly showImport: boolean
}

/** What happened to it since: edited, tried again, stored. */
function Since({ reject }: { reject: RejectedRecord }) {
  const { editedBy, editedAt, retriedAt, resolvedAt, resolvedImportId } = reject
  return (
    <>
      {editedBy !== null && editedAt !== null && (
        <p className={classes.facts}>
          Edited by {editedBy} <Timestamp value={editedAt} />; shown as edited.
        </p>
      )}
      {resolvedAt !== null && resolvedImportId !== null ? (
        <p className={classes.facts}>
          Stored <Timestamp value={resolvedAt} /> by <Link href={`/sources/imports/${resolvedImportId}`}>a retry</Link>.
        </p>
      ) : (
        retriedAt !== null && (
          <p className={classes.facts}>
            Tried again <Timestamp value={retriedAt} />.
          </p>
        )
      )}
    </>
  )
}

/** Rejected records: where each stood, why it was rejected, how it begins, and what can be done about it. */
export function RejectList({ rejects, showImport }: RejectListProps) {
  return (
    <ol className={classes.list}>
      {rejects.map((reject) => (
        <li key={reject.id} className={classes.reject}>
          <div className={classes.place}>
            <p className={classes.record}>Record {reject.record.toLocaleString('en')}</p>
            <p className={classes.facts}>
              from byte {reject.offset.toLocaleString('en')}
              <br />
              {formatBytes(reject.size)}
            </p>
            {showImport && (
              <p className={classes.facts}>
                <Link href={`/sources/imports/${reject.importId}`}>
                  <Mono overflow="clip">{reject.importName}</Mono>
                </Link>
              </p>
            )}
          </div>
          <div className={classes.why}>
            <p>
              <code className={classes.code}>{reject.code}</code> <MachinePieces text={reject.reason} />
              {reject.seenAgain > 0 && ` Seen again ${reject.seenAgain === 1 ? 'once' : `${reject.seenAgain.toLocaleString('en')} times`}.`}
            </p>
            <div className={classes.preview}>{reject.preview === '' ? <span className={classes.none}>empty</span> : <Mono>{reject.preview}</Mono>}</div>
            <div className={classes.below}>
              <div>
                <Since reject={reject} />
                {reject.cut && (
                  <p className={classes.facts}>Only its first {formatBytes(LIMITS.rejectBytes)} were kept, so it cannot be retried here: send the file again after the fix.</p>
                )}
              </div>
              {reject.resolvedAt === null && !reject.cut && <RejectButtons reject={reject} />}
            </div>
          </div>
        </li>
      ))}
    </ol>
  )
}
