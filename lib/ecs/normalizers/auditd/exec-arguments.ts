import { LIMITS } from '@/lib/limits'
import type { AuditRecord } from './record'
import { wholeNumber } from './text-value'

export interface ExecArguments {
  readonly args: readonly string[]
  /** How many there were; more than `args` has when records of the event were lost. */
  readonly count: number
}

const PART = /^a(\d{1,7})(?:\[(\d{1,7})\])?$/

/**
 * The arguments of an exec, from all its EXECVE records in any order: `a1=` whole, or `a1_len=` with `a1[0]=`, `a1[1]=` where
 * the kernel had to split a long one. Parts are joined as bytes, so that a character cut in two is whole again.
 */
export function execArguments(records: readonly AuditRecord[]): ExecArguments | null {
  const parts = new Map<number, Map<number, Buffer>>()
  let count: number | undefined
  for (const record of records) {
    count ??= wholeNumber(record.word('argc'))
    for (const name of record.names()) {
      const match = PART.exec(name)
      const bytes = match ? record.bytes(name) : undefined
      if (!match || bytes === undefined) continue
      const index = Number(match[1])
      const pieces = parts.get(index) ?? new Map<number, Buffer>()
      pieces.set(Number(match[2] ?? 0), bytes)
      parts.set(index, pieces)
    }
  }
  if (parts.size === 0) return null
  const indexes = [...parts.keys()].sort((a, b) => a - b).slice(0, LIMITS.auditArguments)
  const args = indexes.map((index) => {
    const pieces = [...(parts.get(index) ?? [])].sort(([a], [b]) => a - b).map(([, bytes]) => bytes)
    return Buffer.concat(pieces).toString('utf8')
  })
  return { args, count: Math.max(count ?? 0, parts.size) }
}

/** The title a process gives itself: its arguments with NULs between them, cut at 128 bytes, and the process may change it. */
export function titleArguments(record: AuditRecord | undefined): readonly string[] {
  const title = record?.text('proctitle')
  if (title === undefined) return []
  if (record?.header.interpreted === true) return title.split(' ')
  const args = title.split('\u0000')
  while (args.at(-1) === '') args.pop()
  return args
}
