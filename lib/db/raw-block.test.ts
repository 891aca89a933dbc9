import { brotliCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packBlock, packInPlace, unpackBlock } from './raw-block'

const RECORDS = Array.from({ length: 100 }, (_, n) => Buffer.from(JSON.stringify({ n, process: { name: 'curl', args: ['curl', `http://169.254.169.254/${n}`] } })))

test('records come back byte for byte, packed from where they lie or one by one', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 130 }), (arrays) => {
      const records = arrays.map((array) => Buffer.from(array))
      expect(unpackBlock(1, packBlock(records))).toEqual(records)
      let end = 0
      const ends = Uint32Array.from(records.map(({ length }) => (end += length)))
      const bytes = new Uint8Array(end)
      bytes.set(Buffer.concat(records))
      expect(unpackBlock(1, packInPlace(bytes, ends, 1, records.length))).toEqual(records.slice(1))
    }),
    { numRuns: 200 },
  )
})

test('records of a sensor get small, and what does not stays as it is', () => {
  const block = packBlock(RECORDS)
  expect(block.codec).toBe('zstd')
  expect(block.bytes.length).toBeLessThan(Buffer.concat(RECORDS).length / 5)
  expect(packBlock([Buffer.from('x')])).toMatchObject({ codec: 'none', bytes: Buffer.from('x') })
})

test('blocks of earlier versions are read', () => {
  expect(unpackBlock(1, { ...packBlock(RECORDS), codec: 'br', bytes: brotliCompressSync(Buffer.concat(RECORDS)) })).toEqual(RECORDS)
})

test('a bit that changed is noticed, wherever it is, and so is a block of no known kind', () => {
  const block = packBlock(RECORDS)
  for (let at = 0; at < block.bytes.length; at++) {
    const bytes = Buffer.from(block.bytes)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
    let read: readonly Buffer[] | undefined
    try {
      read = unpackBlock(1, { ...block, bytes })
    } catch {
      continue
    }
    // Bits that mean nothing, as one of a header may.
    expect(read, `bit ${at % 8} of byte ${at}`).toEqual(RECORDS)
  }
  expect(() => unpackBlock(1, { ...block, codec: 'later' })).toThrow('Block 1 of stored records is damaged (it says to be packed as later)')
})
