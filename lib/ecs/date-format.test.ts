import { expect, test } from 'vitest'
import { compileDateFormat } from './date-format'
import type { Timestamp } from './timestamp'

/** An instant as ISO 8601, with nanoseconds where it has any. */
function shown({ ms, ns }: Timestamp): string {
  const iso = new Date(ms).toISOString()
  return ns === 0 ? iso : iso.replace('Z', `${String(ns).padStart(6, '0')}Z`)
}

type Row = readonly [format: string, text: string, low: string | null, high?: string]

const ROWS: readonly Row[] = [
  ['dd-MM-yyyy', '31-12-2025', '2025-12-31T00:00:00.000Z', '2025-12-31T23:59:59.999999999Z'],
  ['dd-MM-yyyy', '1-12-2025', null],
  ['dd-MM-yyyy', '31-02-2025', null],
  ['dd-MM-yyyy', '2025-12-31', null],
  ['d/M/yyyy', '1/2/2025', '2025-02-01T00:00:00.000Z'],
  ['yyyyMMdd', '20251231', '2025-12-31T00:00:00.000Z'],
  ['yyyyMMddHHmmss', '20251231235958', '2025-12-31T23:59:58.000Z'],
  ['dd-MM-yyyy||yyyy-MM-dd', '2025-12-31', '2025-12-31T00:00:00.000Z'],
  ['dd-MM-yyyy || epoch_second', '1764547200', '2025-12-01T00:00:00.000Z', '2025-12-01T00:00:00.000Z'],
  ['yyyy-MM-dd HH:mm:ss', '2025-12-31 10:20:30', '2025-12-31T10:20:30.000Z', '2025-12-31T10:20:30.999999999Z'],
  ['yyyy-MM-dd HH:mm', '2025-12-31 10:20', '2025-12-31T10:20:00.000Z', '2025-12-31T10:20:59.999999999Z'],
  ['yyyy-MM-dd HH:mm:ss.SSS', '2025-12-31 10:20:30.123', '2025-12-31T10:20:30.123Z', '2025-12-31T10:20:30.123Z'],
  ['yyyy-MM-dd HH:mm:ss.SSSSSSSSS', '2025-12-31 10:20:30.123456789', '2025-12-31T10:20:30.123456789Z'],
  ["yyyy-MM-dd'T'HH:mm:ssXXX", '2025-12-31T10:20:30+02:00', '2025-12-31T08:20:30.000Z'],
  ["yyyy-MM-dd'T'HH:mm:ssZ", '2025-12-31T10:20:30-0130', '2025-12-31T11:50:30.000Z'],
  ['dd/MMM/yyyy:HH:mm:ss Z', '05/Jan/2026:10:00:00 +0100', '2026-01-05T09:00:00.000Z'],
  ['EEE MMM d HH:mm:ss yyyy', 'Mon Jan 5 10:00:00 2026', '2026-01-05T10:00:00.000Z'],
  ['MMMM d, yyyy h:mm a', 'March 7, 2026 1:05 PM', '2026-03-07T13:05:00.000Z'],
  ['MMMM d, yyyy h:mm a', 'March 7, 2026 12:05 am', '2026-03-07T00:05:00.000Z'],
  ['yyyy-MM-dd HH:mm VV', '2026-07-01 12:00 Europe/Berlin', '2026-07-01T10:00:00.000Z'],
  ['yyyy-MM-dd[ HH:mm]', '2026-07-01', '2026-07-01T00:00:00.000Z'],
  ['yyyy-MM-dd[ HH:mm]', '2026-07-01 12:00', '2026-07-01T12:00:00.000Z'],
  ['yy-MM-dd', '26-07-01', '2026-07-01T00:00:00.000Z'],
  ['yyyy-DDD', '2026-032', '2026-02-01T00:00:00.000Z'],
  ["YYYY-'W'ww-e", '2026-W01-1', '2025-12-29T00:00:00.000Z'],
  ['strict_week_date', '2026-W27-3', '2026-07-01T00:00:00.000Z'],
  ['epoch_millis', '1764547200123', '2025-12-01T00:00:00.123Z'],
  ['epoch_millis', '1764547200123.456', '2025-12-01T00:00:00.123456000Z'],
  ['epoch_second', '-1.5', '1969-12-31T23:59:58.500Z'],
  ['epoch_second', 'x', null],
  ['basic_date', '20260701', '2026-07-01T00:00:00.000Z'],
  ['basic_date_time_no_millis', '20260701T101112Z', '2026-07-01T10:11:12.000Z'],
  ['date_hour_minute', '2026-7-1T9:05', '2026-07-01T09:05:00.000Z'],
  ['strict_date_hour_minute', '2026-7-1T9:05', null],
  ['strict_date_optional_time', '2026', '2026-01-01T00:00:00.000Z', '2026-01-01T23:59:59.999999999Z'],
  ['strict_date_optional_time', '2026-07', '2026-07-01T00:00:00.000Z'],
  ['strict_date_optional_time', '2026-07-01T10', '2026-07-01T10:00:00.000Z', '2026-07-01T10:59:59.999999999Z'],
  ['strict_date_optional_time', '2026-07-01T10:11:12,5+02:00', '2026-07-01T08:11:12.500Z'],
  ['strict_date_optional_time_nanos', '2026-07-01T10:11:12.123456789Z', '2026-07-01T10:11:12.123456789Z'],
  ['strict_date_optional_time', '2026-7-1', null],
  ['date_optional_time', '2026-7-1', '2026-07-01T00:00:00.000Z'],
  ['strict_year_month', '2026-07', '2026-07-01T00:00:00.000Z'],
]

test.each(ROWS.map((row) => [row[0], row[1], row] as const))('%s reads %s', (_, __, [format, text, low, high]) => {
  const span = compileDateFormat(format)?.parse(text) ?? null
  expect(span === null ? null : shown(span.low)).toBe(low)
  const last = span === null ? null : shown(span.high)
  expect(high === undefined ? undefined : last).toBe(high)
})

test.each(['qqqq', "yyyy-MM-dd'T", 'yyyy-MM-dd]', '', 'yyyy||nonsense', '-'])('%j is no date format', (format) => {
  expect(compileDateFormat(format)).toBeNull()
})
