import Link from 'next/link'
import type { RetrySummary } from '@/lib/ingest/schema'
import classes from './reject-dialogs.module.css'

function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

function sentences({ resolved, failed, cut, alerts, duplicates }: RetrySummary): readonly string[] {
  return [
    resolved === 0 ? 'Nothing could be stored.' : `${count(resolved, 'record is', 'records are')} stored now.`,
    ...(duplicates > 0 ? [`${count(duplicates, 'event', 'events')} of them had come otherwise and ${duplicates === 1 ? 'is' : 'are'} counted once.`] : []),
    ...(alerts > 0 ? [`${count(alerts, 'alert was', 'alerts were')} raised.`] : []),
    ...(failed > 0 ? [`${count(failed, 'was', 'were')} rejected again, with the reason that the list shows.`] : []),
    ...(cut > 0 ? [`${count(cut, 'was', 'were')} not tried: only the beginning was kept. Send the file again for ${cut === 1 ? 'it' : 'them'}.`] : []),
  ]
}

/** What became of the records that were tried again. */
export function RetryOutcome({ summary }: { summary: RetrySummary }) {
  return (
    <div className={classes.outcome} aria-live="polite">
      <p>{sentences(summary).join(' ')}</p>
      {summary.error !== null && <p className={classes.fault}>{summary.error}</p>}
      <ul>
        {summary.imports.map(({ id, name }) => (
          <li key={id}>
            <Link href={`/sources/imports/${id}`}>{name}</Link>
          </li>
        ))}
      </ul>
    </div>
  )
}
