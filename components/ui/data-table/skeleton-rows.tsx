import { SkeletonBar } from '@/components/ui/skeletons'

const WIDTHS = ['70%', '52%', '84%', '60%', '44%', '76%']

/** Rows that are on their way. The table's aria-busy says so to a screen reader. */
export function SkeletonRows({ columns, height, rows = 10 }: { columns: number; height: number; rows?: number }) {
  return Array.from({ length: rows }, (_, row) => (
    <tr key={`${row}`} aria-hidden="true" style={{ height }}>
      {Array.from({ length: columns }, (_, column) => (
        <td key={`${column}`}>
          <SkeletonBar width={WIDTHS[(row + column) % WIDTHS.length]} />
        </td>
      ))}
    </tr>
  ))
}
