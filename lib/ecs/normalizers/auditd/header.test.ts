import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeaderReader, readHeader } from './header'

const stamp = fc.constantFrom('1762164000.250:77', '1762164000.250:78', '1762164000.25:077', '03/11/25 10:00:00.250:77', '1762164000:77')
const blank = fc.constantFrom(' ', ' ', ' ', '\t', '  ', '', '\u00a0')
const line = fc
  .record({
    node: fc.constantFrom('', 'node=web-01 ', 'node=web-01 ', 'node=type=x ', 'node=web-02\t'),
    type: fc.constantFrom('SYSCALL', 'SYSCALL', 'EOE', 'UNKNOWN[1420]', 'Ä', '', 'A'.repeat(64), 'A'.repeat(65)),
    before: blank,
    stamp,
    after: fc.constantFrom(': ', ': ', ': ', ':', '', ' : ', '  ', ':\t'),
    body: fc.constantFrom('arch=c000003e', '', ': a=b', ' a=b', 'x'.repeat(600)),
  })
  .map((part) => `${part.node}type=${part.type}${part.before}msg=audit(${part.stamp})${part.after}${part.body}`)

test('a head is read after any others as it is read alone, but for blanks in front of the fields', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
      const reader = new HeaderReader()
      for (const text of lines) {
        const alone = readHeader(text)
        const after = reader.read(text)
        expect(after && { ...after, body: 0 }).toEqual(alone && { ...alone, body: 0 })
        expect(text.slice(after?.body ?? 0).trimStart()).toBe(text.slice(alone?.body ?? 0).trimStart())
      }
    }),
    { numRuns: 3000 },
  )
})
