import { Checkbox } from '@mantine/core'
import Link from 'next/link'
import type { MouseEvent } from 'react'
import type { DataColumn } from '@/components/ui/data-table/data-column'
import classes from './data-table.module.css'

interface DataRowProps<Row> {
  readonly id: string
  /** From 0, among all rows. */
  readonly index: number
  readonly height: number
  readonly row: Row
  readonly columns: ReadonlyArray<DataColumn<Row>>
  readonly primary: string | undefined
  readonly label: string
  readonly href: string | undefined
  readonly onOpen: (() => void) | undefined
  /** A plain click on the link opens in place instead of following it. */
  readonly isOverridden: boolean
  readonly isCursor: boolean
  readonly isActive: boolean
  readonly isSelected: boolean | undefined
  readonly onSelect: ((range: boolean) => void) | undefined
  readonly onPoint: () => void
}

function isModified(event: MouseEvent): boolean {
  return event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0
}

/** One row. A click anywhere on it opens it, unless it was on a control or ended a selection of text. */
export function DataRow<Row>(props: DataRowProps<Row>) {
  const { id, row, href, onOpen, isOverridden, onSelect, onPoint } = props
  const openFromLink = (event: MouseEvent) => {
    onPoint()
    if (!onOpen || isModified(event) || (href !== undefined && !isOverridden)) return
    event.preventDefault()
    onOpen()
  }
  const openFromRow = (event: MouseEvent) => {
    if (!onOpen || isModified(event) || !(event.target instanceof Element)) return
    if (event.target.closest('a, button, input, label, summary') || getSelection()?.type === 'Range') return
    onPoint()
    onOpen()
  }
  return (
    // The row's link does the same for the keyboard.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <tr
      data-row-id={id}
      aria-rowindex={props.index + 2}
      aria-current={props.isActive || undefined}
      className={classes.row}
      data-cursor={props.isCursor || undefined}
      data-selected={props.isSelected || undefined}
      data-clickable={onOpen !== undefined || undefined}
      style={{ height: props.height }}
      onClick={openFromRow}
    >
      {onSelect && (
        <td className={classes.check}>
          <Checkbox
            aria-label={`Select ${props.label}`}
            checked={props.isSelected ?? false}
            onChange={(event) => onSelect(event.nativeEvent instanceof globalThis.MouseEvent && event.nativeEvent.shiftKey)}
          />
        </td>
      )}
      {props.columns.map((column) => {
        const content = column.cell(row)
        const isPrimary = column.id === props.primary
        return (
          <td key={column.id} data-align={column.align} data-multiline={column.multiline} data-wide-only={column.wideOnly} data-primary={isPrimary || undefined}>
            {isPrimary && href !== undefined ? (
              <Link href={href} className={classes.link} prefetch={false} onClick={openFromLink}>
                {content}
              </Link>
            ) : isPrimary && onOpen ? (
              <button type="button" className={classes.link} onClick={openFromLink}>
                {content}
              </button>
            ) : (
              content
            )}
          </td>
        )
      })}
    </tr>
  )
}
