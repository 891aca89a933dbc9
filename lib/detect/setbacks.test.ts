import { expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import { Setbacks } from './setbacks'

function waits(setbacks: Setbacks, error: Error, times: number): readonly number[] {
  return Array.from({ length: times }, () => setbacks.met(error).waitMs)
}

test('waits twice as long after each failure, up to a minute', () => {
  const setbacks = new Setbacks('retention')
  const fault = new Error('no such column')
  expect(waits(setbacks, fault, 9)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  expect(waits(setbacks, fault, 2_000).at(-1)).toBe(60_000)
  setbacks.over()
  expect(waits(setbacks, fault, 2)).toEqual([500, 1_000])
})

test('tells of a fault when it is new, and then ever more seldom', () => {
  const setbacks = new Setbacks('retention')
  const fault = new Error('no such column')
  const lines = Array.from({ length: 100 }, () => setbacks.met(fault).line)
  expect(lines.flatMap((line, at) => (line === null ? [] : [at + 1]))).toEqual([1, 2, 4, 8, 16, 32, 64])
  expect(lines[0]).toMatch(/^linklocal: retention failed; next try in 0\.5 s: Error: no such column\n {4}at /)
  expect(lines[63]).toContain('failed 64 times in a row; next try in 60 s')
  expect(setbacks.met(new Error('another')).line).toContain('another')
})

test('a full disk is told once and looked at again soon', () => {
  const setbacks = new Setbacks('retention')
  const full = new AppError('disk_full', 'no room')
  expect(Array.from({ length: 3 }, () => setbacks.met(full))).toEqual([
    { waitMs: 5_000, line: 'linklocal: no room' },
    { waitMs: 5_000, line: null },
    { waitMs: 5_000, line: null },
  ])
  setbacks.over()
  expect(setbacks.met(full).line).toBe('linklocal: no room')
})
