'use client'

import { Checkbox } from '@mantine/core'
import { useTable, type RowData } from '@tanstack/react-table'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useMemo, useRef, useState, type ReactNode, type Ref } from 'react'
import { ColumnMenu, type Density } from '@/components/ui/data-table/column-menu'
import { dataTableFeatures, primaryColumn, toColumnDefs, type DataColumn } from '@/components/ui/data-table/data-column'
import { DataRow } from '@/components/ui/data-table/data-row'
import { HeadCell } from '@/components/ui/data-table/head-cell'
import { toggleAll, type Selected } from '@/components/ui/data-table/row-range'
import { SkeletonRows } from '@/components/ui/data-table/skeleton-rows'
import { parseTablePreferences, type TablePreferences } from '@/components/ui/data-table/table-preferences'
import { useRowCursor, type CursorHandle } from '@/components/ui/data-table/use-row-cursor'
import { useRowWindow } from '@/components/ui/data-table/use-row-window'
import { storeText, useStoredText } from '@/components/ui/stored-text'
import classes from './data-table.module.css'

const HEAD = 34
const VIRTUAL_FROM = 80
const ROW: Record<Density, number> = { compact: 32, comfortable: 40 }

export interface SortOrder {
  readonly id: string
  readonly desc: boolean
}

export interface DataTableProps<Row extends RowData> {
  /** What is listed, for a screen reader; also the table's name in stored preferences unless `storageKey` is given. */
  readonly label: string
  readonly storageKey?: string
  readonly rows: readonly Row[]
  readonly rowId: (row: Row) => string
  /** What to call a row on its checkbox; its id otherwise. */
  readonly rowLabel?: (row: Row) => string
  readonly columns: ReadonlyArray<DataColumn<Row>>
  /** Where a row leads; its primary cell becomes this link. */
  readonly href?: (row: Row) => string
  /** What a plain click and Enter do instead of following the link, such as showing the row beside the list. */
  readonly onOpen?: (row: Row) => void
  /** The row shown elsewhere on the page. */
  readonly activeId?: string
  /** The order in force. With `onSortChange` the rows come sorted; without, the table sorts them, this being the first order. */
  readonly sort?: SortOrder
  readonly onSortChange?: (sort: SortOrder) => void
  /** Both or none: makes rows selectable. */
  readonly selected?: Selected
  readonly onSelectedChange?: (next: Selected) => void
  /** Where the list is, under which its place is kept; the page's own address unless its rows come later than that changes. */
  readonly address?: string
  /** Moves the cursor from outside. Where it is tells `useCurrentRow`. */
  readonly cursor?: Ref<CursorHandle>
  readonly loading?: boolean
  /** Shown instead of rows; an EmptyState. */
  readonly empty?: ReactNode
  /** At the left above the table: search, filters; or, while rows are selected, what can be done with them. */
  readonly toolbar?: ReactNode
  readonly footer?: ReactNode
  /** `fill` takes the height of its flex parent and scrolls inside; `content` is as high as its rows. */
  readonly height?: 'fill' | 'content'
  /** Pixels, for rows of several lines; otherwise the chosen density. */
  readonly rowHeight?: number
  /** Whether j, k, Enter and x are for this table. One table a page. */
  readonly keyboard?: boolean
  /** All rows there are, when `rows` is a part of them. */
  readonly total?: number
}

/**
 * The console's list: sortable, with a cursor for the keyboard, selection, a choice of columns; thousands of rows cost what
 * is on screen. On narrow screens it scrolls sideways inside of its frame.
 */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { label, storageKey, rows, rowId, columns, href, onOpen, activeId, selected, onSelectedChange } = props
  const { onSortChange, loading = false, height = 'content', keyboard = true } = props
  const router = useRouter()
  const scroller = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLTableSectionElement>(null)

  const key = `ll-table-${storageKey ?? label}`
  const here = `${usePathname()}?${useSearchParams().toString()}#${storageKey ?? label}`
  const stored = useStoredText(key)
  const preferences = useMemo(() => parseTablePreferences(stored), [stored])
  const prefer = (change: Partial<TablePreferences>) => storeText(key, JSON.stringify({ ...preferences, ...change }))
  const density = preferences.density ?? 'compact'
  const rowHeight = props.rowHeight === undefined ? ROW[density] : props.rowHeight + (density === 'comfortable' ? 8 : 0)

  const primary = primaryColumn(columns)
  const columnDefs = useMemo(() => toColumnDefs(columns), [columns])
  const columnVisibility = useMemo(
    () => Object.fromEntries(columns.map((column) => [column.id, column.id === primary || (preferences.columns[column.id] ?? column.hidden !== true)])),
    [columns, primary, preferences],
  )
  const [ownSort, setOwnSort] = useState(props.sort)
  const order = onSortChange ? props.sort : ownSort
  const sorting = useMemo(() => (order ? [{ id: order.id, desc: order.desc }] : []), [order])
  const table = useTable({
    features: dataTableFeatures,
    columns: columnDefs,
    data: rows,
    getRowId: rowId,
    manualSorting: onSortChange !== undefined,
    enableSortingRemoval: false,
    state: { sorting, columnVisibility },
  })
  const sortBy = (id: string, desc: boolean) => (onSortChange ?? setOwnSort)({ id, desc })

  const shown = table.getRowModel().rows
  const ids = useMemo(() => shown.map((row) => row.id), [shown])
  const isVirtual = height === 'fill' && shown.length > VIRTUAL_FROM
  const { indexes, before, after, scrollToIndex } = useRowWindow({ count: shown.length, rowHeight, headHeight: HEAD, enabled: isVirtual, scroller })
  const open = (row: Row) => (onOpen ? onOpen(row) : href && router.push(href(row)))
  const { cursor, setCursor, select } = useRowCursor({
    enabled: keyboard && shown.length > 0,
    name: key,
    ids,
    body,
    address: props.address ?? here,
    scrollToRow: (index, align) => {
      if (isVirtual) scrollToIndex(index, align === 'center' ? 'center' : 'auto')
      else body.current?.rows[index]?.scrollIntoView({ block: align })
    },
    scrollBy: (count) => {
      if (height === 'fill') scroller.current?.scrollBy({ top: count * rowHeight, behavior: 'instant' })
    },
    onOpen: href || onOpen ? (id) => shown.filter((row) => row.id === id).forEach((row) => open(row.original)) : undefined,
    handle: props.cursor,
    selected,
    onSelectedChange,
  })

  const visible = columns.filter((column) => columnVisibility[column.id])
  const span = visible.length + (onSelectedChange ? 1 : 0)
  const minWidth = visible.reduce((sum, column) => sum + (column.width ?? column.minWidth ?? 120), onSelectedChange ? 36 : 0)
  const allSelected = selected !== undefined && ids.length > 0 && ids.every((id) => selected.has(id))
  const someSelected = selected !== undefined && !allSelected && ids.some((id) => selected.has(id))

  return (
    <div className={classes.frame} data-height={height}>
      <div className={classes.toolbar}>
        <div className={classes.tools}>{props.toolbar}</div>
        <ColumnMenu
          columns={columns.filter(({ id }) => id !== primary).map(({ id, header }) => ({ id, label: header, shown: columnVisibility[id] === true }))}
          onToggle={(id) => prefer({ columns: { ...preferences.columns, [id]: columnVisibility[id] !== true } })}
          density={density}
          onDensity={(next) => prefer({ density: next })}
          onReset={() => storeText(key, undefined)}
        />
      </div>
      {/* What scrolls must be reachable by keyboard; where rows have links, those are. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={scroller} className={classes.scroller} tabIndex={href || onOpen ? undefined : 0}>
        <table className={classes.table} style={{ minWidth }} aria-label={label} aria-rowcount={(props.total ?? shown.length) + 1} aria-busy={loading}>
          <colgroup>
            {onSelectedChange && <col style={{ width: 36 }} />}
            {visible.map((column) => (
              <col key={column.id} data-wide-only={column.wideOnly} style={{ width: column.width }} />
            ))}
          </colgroup>
          <thead className={classes.head}>
            <tr aria-rowindex={1} style={{ height: HEAD }}>
              {onSelectedChange && selected && (
                <th scope="col" className={classes.check}>
                  <Checkbox
                    aria-label={allSelected ? 'Select none of the rows shown' : 'Select all rows shown'}
                    checked={allSelected}
                    indeterminate={someSelected}
                    onChange={() => onSelectedChange(toggleAll(selected, ids))}
                  />
                </th>
              )}
              {visible.map((column) => (
                <HeadCell key={column.id} column={column} order={order} onSort={sortBy} />
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {before > 0 && <tr aria-hidden="true" style={{ height: before }} />}
            {indexes.map((index) => {
              const row = shown[index]
              return (
                row && (
                  <DataRow
                    key={row.id}
                    id={row.id}
                    index={index}
                    height={rowHeight}
                    row={row.original}
                    columns={visible}
                    primary={primary}
                    label={props.rowLabel?.(row.original) ?? row.id}
                    href={href?.(row.original)}
                    onOpen={href || onOpen ? () => open(row.original) : undefined}
                    isOverridden={onOpen !== undefined}
                    isCursor={cursor === row.id}
                    isActive={activeId === row.id}
                    isSelected={selected?.has(row.id)}
                    onSelect={onSelectedChange ? (range) => select(row.id, range) : undefined}
                    onPoint={() => setCursor(row.id)}
                  />
                )
              )
            })}
            {after > 0 && <tr aria-hidden="true" style={{ height: after }} />}
            {shown.length === 0 && loading && <SkeletonRows columns={span} height={rowHeight} />}
            {shown.length === 0 && !loading && (
              <tr>
                <td colSpan={span} className={classes.empty}>
                  {props.empty ?? 'Nothing to show.'}
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {props.footer !== undefined && <div className={classes.footer}>{props.footer}</div>}
    </div>
  )
}
