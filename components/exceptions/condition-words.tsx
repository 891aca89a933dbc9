import { Fragment } from 'react'
import { Mono } from '@/components/ui/machine-text/mono'
import { operatorWords, type ExceptionEntry } from '@/lib/exceptions/schema'
import classes from './condition-words.module.css'

const SHOWN = 3

/** The conditions of an exception as a sentence, one a line; a long list of values is cut. */
export function ConditionWords({ entries }: { entries: readonly ExceptionEntry[] }) {
  return (
    <ul className={classes.list}>
      {entries.map((entry, at) => (
        <li key={`${at} ${entry.field}`} className={classes.line}>
          {at > 0 && <span className={classes.word}>and</span>}
          <Mono>{entry.field}</Mono> <span className={classes.word}>{operatorWords(entry)}</span> <Values entry={entry} />
        </li>
      ))}
    </ul>
  )
}

function Values({ entry }: { entry: ExceptionEntry }) {
  if (entry.type === 'exists') return null
  const values = entry.type === 'match_any' ? entry.value : [entry.value]
  return (
    <>
      {values.slice(0, SHOWN).map((value, at) => (
        <Fragment key={value}>
          {at > 0 && ', '}
          <span className={classes.value}>
            <Mono>{value}</Mono>
          </span>
        </Fragment>
      ))}
      {values.length > SHOWN && <span className={classes.word}>, … {values.length - SHOWN} more</span>}
      {entry.case_insensitive && <span className={classes.word}> (any case)</span>}
    </>
  )
}
