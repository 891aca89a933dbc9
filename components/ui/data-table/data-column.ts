import {
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  type ColumnDef,
  type RowData,
} from '@tanstack/react-table'
import type { ReactNode } from 'react'

/** What a column is ordered by. Absent values come last in either direction. */
export type SortValue = string | number | boolean | null | undefined

export interface DataColumn<Row> {
  readonly id: string
  /** The heading; also its name in the menu of columns. */
  readonly header: string
  readonly cell: (row: Row) => ReactNode
  /** Makes the column sortable: by this value here, or by the server when the table has `onSortChange`. */
  readonly sortBy?: (row: Row) => SortValue
  /** The first click sorts downwards: for times, scores and counts. */
  readonly sortDescFirst?: boolean
  /** Pixels. Without it the column takes what is left. */
  readonly width?: number
  /** Pixels below which a column without width does not shrink; then the table scrolls. */
  readonly minWidth?: number
  readonly align?: 'start' | 'end'
  /** The cell that names the row and holds its link. The first column, unless another says so. */
  readonly primary?: boolean
  /** Not shown until chosen in the menu of columns. */
  readonly hidden?: boolean
  /** Left out on a phone: the row says it otherwise. */
  readonly wideOnly?: boolean
  /** Lets the cell use several lines; give the table a `rowHeight` to match. */
  readonly multiline?: boolean
}

/** Pixels for a column of timestamps, in either zone and with the widest of the usual fonts. */
export const TIME_COLUMN_WIDTH = 240

export const dataTableFeatures = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
})
export type DataTableFeatures = typeof dataTableFeatures

/** Orders two values of one column: numbers by size, text as people count (`host2` before `host10`). */
export function compareValues(a: SortValue, b: SortValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), 'en', { numeric: true, sensitivity: 'base' })
}

/** Our columns in the terms of TanStack Table. Null becomes undefined, which it knows how to put last. */
export function toColumnDefs<Row extends RowData>(columns: ReadonlyArray<DataColumn<Row>>): Array<ColumnDef<DataTableFeatures, Row>> {
  return columns.map((column) => ({
    id: column.id,
    header: column.header,
    accessorFn: (row: Row) => column.sortBy?.(row) ?? undefined,
    cell: ({ row }) => column.cell(row.original),
    enableSorting: column.sortBy !== undefined,
    sortDescFirst: column.sortDescFirst ?? false,
    sortUndefined: 'last',
    sortFn: (a, b, id) => compareValues(a.getValue<SortValue>(id), b.getValue<SortValue>(id)),
  }))
}

/** The column whose cell names the row. */
export function primaryColumn<Row>(columns: ReadonlyArray<DataColumn<Row>>): string | undefined {
  return (columns.find((column) => column.primary) ?? columns[0])?.id
}
