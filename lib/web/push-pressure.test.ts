import { expect, test } from 'vitest'
import { PushPressure } from './push-pressure'

test('a sender whose thousand requests never end is refused, and each other one still has room', () => {
  const pressure = new PushPressure(1_000_000, 1_000)
  let open = 0
  for (; open < 1_000; open++) {
    try {
      pressure.begin('slow').hold(1)
    } catch {
      break
    }
  }
  expect(open).toBe(500)
  expect(() => pressure.begin('slow')).toThrow(/500 requests with 500 bytes of this sender/)
  const held = ['a', 'b', 'c', 'd', 'e', 'f'].map((sender) => pressure.begin(sender))
  for (const one of held) one.hold(1_000)
})

test('a sender may hold half of the bytes that the others leave', () => {
  const pressure = new PushPressure(1_000, 10)
  const first = pressure.begin('a')
  first.hold(500)
  expect(() => first.hold(1)).toThrow(/500 bytes of this sender/)
  const second = pressure.begin('b')
  second.hold(250)
  expect(() => second.hold(1)).toThrow(/busy|250 bytes/)
  first.release()
  second.hold(250)
})

test('what is released twice counts once', () => {
  const pressure = new PushPressure(1_000, 2)
  const held = pressure.begin('a')
  held.hold(400)
  held.release()
  held.release()
  expect(() => pressure.begin('a').hold(500)).not.toThrow()
})
