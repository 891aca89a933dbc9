import { Fragment } from 'react'
import { Mono } from '@/components/ui/machine-text/mono'
import { entryWords, operatorWords, type ExceptionEntry } from '@/lib/exceptions/schema'
import classes from './condition-words.module.css'

const SHOWN = 3

/** The conditions of an exception as a sentence; what does not fit into so many lines is in the tooltip. */
export function ConditionWords({ entries, lines }: { entries: readonly ExceptionEntry[]; lines: number }) {
  return (
    <ul className={classes.list} style={{ maxHeight: `${lines * 1.5}em` }} title={entries.map(entryWords).join('\nand ')}>
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
