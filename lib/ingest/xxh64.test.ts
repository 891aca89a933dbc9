import { expect, test } from 'vitest'
import { Xxh64 } from './xxh64'

function pattern(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, at) => at % 256))
}

function digest(bytes: Buffer, pieces = Math.max(1, bytes.length)): number {
  const hash = new Xxh64()
  for (let at = 0; at < bytes.length; at += pieces) hash.update(bytes.subarray(at, at + pieces))
  return hash.digest32()
}

test.each([
  ['', 0x51d8e999],
  ['a', 0xa98c6e5b],
  ['abc', 0xad770999],
])('the digest of %j', (text, expected) => {
  expect(digest(Buffer.from(text))).toBe(expected)
})

test('does not depend on the pieces', () => {
  for (const length of [1, 31, 32, 33, 64, 100, 1_000]) {
    const whole = digest(pattern(length))
    for (const pieces of [1, 5, 31, 32, 33]) expect(digest(pattern(length), pieces), `${length} by ${pieces}`).toBe(whole)
  }
})
