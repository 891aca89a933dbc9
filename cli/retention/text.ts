import { AppError } from '@/lib/errors'
import type { RetentionPolicy, RetentionPreview, RetentionRun } from '@/lib/retention/schema'

const UNITS: Readonly<Record<string, number>> = { b: 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3, tib: 1024 ** 4, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 }
const OFF = 'off'

/** Reads `20GiB`, `500 MB`, or a number of bytes; null for `off`. Throws AppError `invalid`. */
export function parseSize(text: string): number | null {
  if (text === OFF) return null
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim())
  const unit = UNITS[(match?.[2] ?? '').toLowerCase() || 'b']
  if (!match || unit === undefined) throw new AppError('invalid', `--size ${text}: give a size such as 500MiB or 20GiB, or off.`)
  return Math.round(Number(match[1]) * unit)
}

/** Reads a number of days; null for `off`. Throws AppError `invalid`. */
export function parseDays(text: string): number | null {
  if (text === OFF) return null
  if (!/^\d{1,9}$/.test(text)) throw new AppError('invalid', `--days ${text}: give a whole number of days, or off.`)
  return Number(text)
}

export function sizeText(bytes: number): string {
  const unit = (['TiB', 'GiB', 'MiB'] as const).find((name) => bytes >= (UNITS[name.toLowerCase()] ?? 1)) ?? 'KiB'
  return `${(bytes / (UNITS[unit.toLowerCase()] ?? 1)).toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`
}

export function policyText({ maxAgeDays, maxBytes }: RetentionPolicy): string {
  const parts = [
    ...(maxAgeDays === null ? [] : [`events received more than ${maxAgeDays === 1 ? 'a day' : `${maxAgeDays.toLocaleString('en')} days`} ago are deleted`]),
    ...(maxBytes === null ? [] : [`the oldest received are deleted while more than ${sizeText(maxBytes)} are in use`]),
  ]
  return parts.length === 0 ? 'everything is kept' : parts.join('; ')
}

export function policyJson({ maxAgeDays, maxBytes }: RetentionPolicy) {
  return { max_age_days: maxAgeDays, max_bytes: maxBytes }
}

export function runJson(run: RetentionRun) {
  return {
    id: run.id,
    status: run.status,
    actor: run.actor,
    ...policyJson(run.policy),
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    received_before: run.receivedBefore,
    events: run.events,
    blocks: run.blocks,
    rejects: run.rejects,
    alerts: run.alerts,
    kept: run.kept,
    bytes_before: run.bytesBefore,
    bytes_after: run.bytesAfter,
    bytes_returned: run.bytesReturned,
    error: run.error,
  }
}

export function runText(run: RetentionRun): string {
  const freed = run.bytesAfter === null ? '' : `, ${sizeText(Math.max(0, run.bytesBefore - run.bytesAfter))} freed, ${sizeText(run.bytesReturned)} given back to the disk`
  const rest = `${run.events.toLocaleString('en')} events deleted, ${run.kept.toLocaleString('en')} kept for alerts and cases${freed}`
  return `${run.startedAt}  ${run.status.padEnd(9)}  ${rest}${run.error === null ? '' : `: ${run.error}`}`
}

export function previewText(preview: RetentionPreview): string {
  const { events, rejects, receivedBefore, bytes, kept, keptIsAtLeast, openAlerts, cases } = preview
  const what = `about ${events.toLocaleString('en')} events${rejects > 0 ? ` and ${rejects.toLocaleString('en')} rejected records` : ''}`
  const lines = [receivedBefore === null ? 'Nothing would be deleted now.' : `Would delete ${what} received before ${receivedBefore}, and free about ${sizeText(bytes)}.`]
  if (kept > 0) {
    lines.push(`${keptIsAtLeast ? 'At least ' : ''}${kept.toLocaleString('en')} events of that time are kept because of ${openAlerts.toLocaleString('en')} open alerts and ${cases.toLocaleString('en')} cases.`)
  }
  return `${lines.join('\n')}\n`
}
