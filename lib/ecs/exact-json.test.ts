import { describe, expect, test } from 'vitest'
import { withoutDots } from './dotted-names'
import { exactJsonText, parseExactJson, withExactIntegers } from './exact-json'

const RAW = '{"a":9223372036854775807,"b":{"c":[1,-9223372036854775808,"12345678901234567890"]},"f":1.5,"__proto__":{"d":12345678901234567890}}'

describe('withExactIntegers', () => {
  test('gives back the digits that a number lost', () => {
    const event = withExactIntegers(JSON.parse(RAW) as Record<string, unknown>, RAW)
    expect(exactJsonText(event)).toBe(RAW)
    expect(({} as Record<string, unknown>)['d']).toBeUndefined()
  })

  test('reads the source of a search hit', () => {
    const hit = `{"_id":"1","_source":${RAW}}`
    expect(withExactIntegers({ a: Number('9223372036854775807') }, hit)).toEqual({ a: 9223372036854775807n })
  })

  test('of a name written with dots too', () => {
    const raw = '{"a.b":9223372036854775807,"a":{"b":1}}'
    expect(withExactIntegers(withoutDots(JSON.parse(raw) as Record<string, unknown>), raw)).toEqual({ a: { b: [1, 9223372036854775807n] } })
  })

  test('leaves alone what was filled in or put in its place, and records that are no JSON', () => {
    expect(withExactIntegers({ a: 5, filled: { in: 1 } }, RAW)).toEqual({ a: 5, filled: { in: 1 } })
    expect(withExactIntegers({ a: 5 }, 'type=SYSCALL a0=9223372036854775807')).toEqual({ a: 5 })
  })
})

test('what is written of integers reads back as them, and text that looks like the mark stays text', () => {
  const value = { n: 12345678901234567890n, text: '\u0000int:0', list: [1n, 2] }
  const text = exactJsonText(value)
  expect(text).toBe('{"n":12345678901234567890,"text":"\\u0000int:0","list":[1,2]}')
  expect(parseExactJson(text)).toMatchObject({ n: 12345678901234567890n })
})
