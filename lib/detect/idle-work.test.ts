import { expect, test } from 'vitest'
import { IdleWork } from './idle-work'

test('what failed is not tried again at once, and is told of', () => {
  const lines: string[] = []
  let times = 0
  const work = new IdleWork(
    'retention',
    () => {
      times++
      throw new Error('no such column')
    },
    (line) => void lines.push(line),
  )
  expect([work.step(), work.step(), work.step()]).toEqual([false, false, false])
  expect(times).toBe(1)
  expect(lines).toEqual([expect.stringContaining('linklocal: retention failed; next try in 0.5 s: Error: no such column')])
})

test('what has something to do says so', () => {
  const left = [true, true, false]
  const work = new IdleWork('retention', () => left.shift() ?? false, () => undefined)
  expect([work.step(), work.step(), work.step()]).toEqual([true, true, false])
})
