import { formatDelta } from '@/components/ui/format-delta'

/** A span of time in milliseconds: `0.41 s`; as a difference, with `sign`: `+12 ms`. */
export function Duration({ ms, sign = false }: { ms: number; sign?: boolean }) {
  return (
    <span style={{ whiteSpace: 'nowrap' }} title={`${ms} ms`}>
      {formatDelta(ms, { sign })}
    </span>
  )
}
