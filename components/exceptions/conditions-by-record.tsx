import { IconCircleCheckFilled, IconCircleHalf2, IconCircleX } from '@tabler/icons-react'
import type { ConditionCell, RecordColumn } from '@/components/exceptions/record-columns'
import { Mono } from '@/components/ui/machine-text/mono'
import { entryWords, type ExceptionEntry } from '@/lib/exceptions/schema'
import classes from './conditions-by-record.module.css'

const LOOK = {
  yes: { icon: IconCircleCheckFilled, word: 'met' },
  some: { icon: IconCircleHalf2, word: 'met by some' },
  no: { icon: IconCircleX, word: 'not met' },
} as const

interface ConditionsByRecordProps {
  readonly entries: readonly ExceptionEntry[]
  readonly columns: readonly RecordColumn[]
  /** `of this alert`, `of this rule’s alerts`. */
  readonly whose: string
}

/** Each condition against each record: an exception applies when one record meets all of them, never two together. */
export function ConditionsByRecord({ entries, columns, whose }: ConditionsByRecordProps) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <caption className="visually-hidden">Conditions tried on the records {whose}</caption>
        <thead>
          <tr>
            <th scope="col">Condition</th>
            {columns.map(({ label, isAsked }) => (
              <th key={label} scope="col" data-asked={isAsked}>
                {label}
                {!isAsked && <span className={classes.note}> (not asked)</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, at) => (
            <tr key={`${at} ${entryWords(entry)}`}>
              <th scope="row">
                <Mono overflow="clip">{entry.field}</Mono>
              </th>
              {columns.map(({ label, isAsked, cells }) => (
                <td key={label} data-asked={isAsked}>
                  <Cell cell={cells[at]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {columns.some(({ meetsAll }) => meetsAll !== null) && (
          <tfoot>
            <tr>
              <th scope="row">All of them</th>
              {columns.map(({ label, isAsked, meetsAll }) => (
                <td key={label} data-asked={isAsked}>
                  <span className={classes.verdict} data-met={meetsAll === true && isAsked}>
                    {!isAsked ? 'not asked' : meetsAll === true ? 'yes: excluded' : 'no'}
                  </span>
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  )
}

function Cell({ cell }: { cell: ConditionCell | undefined }) {
  if (!cell) return <span>–</span>
  const { icon: Icon, word } = LOOK[cell.state]
  return (
    <span className={classes.cell} data-state={cell.state}>
      <Icon size={14} aria-hidden />
      <span className="visually-hidden">{word}: </span>
      <Mono overflow="clip" dimmed={cell.state === 'no'}>
        {cell.text}
      </Mono>
    </span>
  )
}
