import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react'
import type { DataColumn } from '@/components/ui/data-table/data-column'
import classes from './data-table.module.css'

interface HeadCellProps<Row> {
  readonly column: DataColumn<Row>
  readonly order: { readonly id: string; readonly desc: boolean } | undefined
  readonly onSort: (id: string, desc: boolean) => void
}

/** A column's heading; a button when the column can be sorted by. */
export function HeadCell<Row>({ column, order, onSort }: HeadCellProps<Row>) {
  const sorted = order?.id === column.id ? (order.desc ? 'descending' : 'ascending') : undefined
  if (!column.sortBy) {
    return (
      <th scope="col" data-align={column.align} data-wide-only={column.wideOnly}>
        <span className={classes.heading}>{column.header}</span>
      </th>
    )
  }
  const next = sorted === undefined ? (column.sortDescFirst ?? false) : sorted === 'ascending'
  const Arrow = sorted === undefined ? IconSelector : sorted === 'ascending' ? IconArrowUp : IconArrowDown
  return (
    <th scope="col" data-align={column.align} data-wide-only={column.wideOnly} aria-sort={sorted ?? 'none'}>
      <button type="button" className={classes.heading} onClick={() => onSort(column.id, next)}>
        <span>{column.header}</span>
        <Arrow size={13} stroke={2} aria-hidden className={sorted ? classes.sorted : classes.unsorted} />
      </button>
    </th>
  )
}
