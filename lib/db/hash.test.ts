import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entityKey, hash53, nameHashes } from './hash'

test('what is stored by a hash is found again: the values do not change', () => {
  expect(hash53('')).toBe(3_338_908_027_751_811)
  expect(hash53('web-01\u0000process')).toBe(entityKey('web-01', 'process'))
})

test('a beginning that is remembered gives what hashing the whole gives', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 6 }), (names) => {
      for (const [giver, name] of names) {
        fc.pre(!name.startsWith('pid:'))
        expect(nameHashes(giver, name)).toEqual([hash53(`${giver}\u0000${name}`), hash53(`${giver}\u0000${name}`, 0x9e3779b9)])
        expect(entityKey(giver, name)).toBe(hash53(`${giver}\u0000${name}`))
      }
    }),
  )
})
