import { Panel } from '@/components/ui/panel'
import { CopyButton } from '@/components/ui/copy-button'
import { Timestamp } from '@/components/ui/timestamp'
import type { CaseAuditEntry, CaseDetail } from '@/lib/cases/schema'
import classes from './cases.module.css'

function digestOf({ action, detail }: CaseAuditEntry): string | undefined {
  const digest = detail['zip_sha256']
  return action === 'case.export' && typeof digest === 'string' ? digest : undefined
}

/** Who did what to the case, newest first; an export with the digest of its ZIP. */
export function CaseAudit({ detail: { audit } }: { detail: CaseDetail }) {
  return (
    <Panel title="Audit log" count={audit.length} flush>
      <ol className={`${classes.rows} ${classes.scroll}`}>
        {audit.map((entry) => {
          const digest = digestOf(entry)
          return (
            <li key={entry.id}>
              <p className={classes.rowHead}>
                <Timestamp value={entry.at} /> {entry.actor}
              </p>
              <p className={classes.rowText}>{entry.text}</p>
              {digest !== undefined && (
                <span className={classes.digest}>
                  sha256 {digest.slice(0, 16)}… <CopyButton value={digest} label="Copy the SHA-256 of the ZIP" size={20} />
                </span>
              )}
            </li>
          )
        })}
      </ol>
    </Panel>
  )
}
