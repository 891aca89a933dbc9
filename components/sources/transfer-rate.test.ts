import { expect, test } from 'vitest'
import { addSample, rateOf, type Sample } from './transfer-rate'

const at = (seconds: number, bytes: number, events = 0): Sample => ({ at: seconds * 1000, bytes, events })

test('nothing is promised in the first moments', () => {
  expect(rateOf([], 100)).toBeNull()
  expect(rateOf([at(0, 0)], 100)).toBeNull()
  expect(rateOf([at(0, 0), at(0.3, 50)], 100)).toBeNull()
})

test('rate and time left follow from the samples', () => {
  expect(rateOf([at(0, 0, 0), at(2, 200, 40)], 1000)).toEqual({ bytesPerSecond: 100, eventsPerSecond: 20, secondsLeft: 8 })
})

test('a transfer that stands still has no time left to tell', () => {
  expect(rateOf([at(0, 100), at(2, 100)], 1000)).toEqual({ bytesPerSecond: 0, eventsPerSecond: 0, secondsLeft: null })
})

test('more than the file is never left', () => {
  expect(rateOf([at(0, 0), at(1, 1200)], 1000)?.secondsLeft).toBe(0)
})

test('samples before the window are dropped but for one', () => {
  let samples: readonly Sample[] = []
  for (let second = 0; second <= 20; second++) samples = addSample(samples, at(second, second * 10))
  expect(samples[0]?.at).toBe(13_000)
  expect(samples.at(-1)?.at).toBe(20_000)
  expect(rateOf(samples, 400)?.bytesPerSecond).toBe(10)
})
