import Link from 'next/link'
import { formatBytes } from '@/components/sources/format-bytes'
import { MachinePieces } from '@/components/ui/machine-text/machine-pieces'
import { Mono } from '@/components/ui/machine-text/mono'
import type { RejectedRecord } from '@/lib/ingest/schema'
import classes from './reject-list.module.css'

/** Rejected records: where each stood, why it was rejected, and how it begins. */
export function RejectList({ rejects, showImport }: { rejects: readonly RejectedRecord[]; showImport: boolean }) {
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
                <Link href={`/sources/rejects?import=${reject.importId}`}>
                  <Mono overflow="clip">{reject.importName}</Mono>
                </Link>
              </p>
            )}
          </div>
          <div className={classes.why}>
            <p>
              <code className={classes.code}>{reject.code}</code> <MachinePieces text={reject.reason} />
            </p>
            <div className={classes.preview}>{reject.preview === '' ? <span className={classes.none}>empty</span> : <Mono>{reject.preview}</Mono>}</div>
          </div>
        </li>
      ))}
    </ol>
  )
}
