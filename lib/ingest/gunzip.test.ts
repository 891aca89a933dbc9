import { constants, createGzip, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gunzip } from './gunzip'

interface Unpacked {
  readonly text: string
  readonly notes: readonly string[]
  readonly error: string | null
}

async function unpack(bytes: Buffer, pieces = Math.max(1, bytes.length)): Promise<Unpacked> {
  async function* input(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += pieces) yield await Promise.resolve(bytes.subarray(at, at + pieces))
  }
  const notes: string[] = []
  const chunks: Buffer[] = []
  let error: string | null = null
  try {
    for await (const chunk of gunzip(input(), (note) => void notes.push(note))) chunks.push(chunk)
  } catch (thrown) {
    if (!(thrown instanceof Error && thrown.name === 'BrokenStreamError')) throw thrown
    error = thrown.message
  }
  return { text: Buffer.concat(chunks).toString(), notes, error }
}

/** Lines that do not compress to nothing. */
function lines(count: number): string {
  return Array.from({ length: count }, (_, n) => `{"n":${n},"id":"${Math.imul(n + 1, 2_654_435_761).toString(36)}"}\n`).join('')
}

const A = lines(400)
const B = lines(10)
const WHOLE = gzipSync(A)
const TRAILER = 8
/** From the end. */
const TRAILER_AT = { checksum: -8, length: -4 } as const

describe('behind the last member', () => {
  test.each<[string, Buffer, readonly string[]]>([
    ['nothing', Buffer.alloc(0), []],
    ['zeros', Buffer.alloc(1_000), []],
    ['text', Buffer.from('garbage!'), ['8 bytes behind the end of the gzip stream are not part of it and were passed over.']],
    ['one byte, the first of another member', Buffer.from([0x1f]), ['1 byte behind the end of the gzip stream are not part of it and were passed over.']],
    ['zeros and text', Buffer.concat([Buffer.alloc(10), Buffer.from('x')]), ['11 bytes behind the end of the gzip stream are not part of it and were passed over.']],
  ])('%s takes nothing away', async (_, behind, notes) => {
    for (const pieces of [1, 7, 1 << 20]) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect(await unpack(Buffer.concat([WHOLE, behind]), pieces)).toEqual({ text: A, notes, error: null })
    }
  })

  test('another member is read, however many there are and however they are cut', async () => {
    const header = Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 255, 3, 0, 1, 2, 3, 0x61, 0, 0x62, 0x63, 0, 9, 9])
    const named = Buffer.concat([header, gzipSync(B).subarray(10)])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom([A, WHOLE] as const, [B, named] as const, ['', gzipSync('')] as const), { minLength: 1, maxLength: 5 }), fc.integer({ min: 60, max: 3_000 }), async (members, pieces) => {
        expect(await unpack(Buffer.concat(members.map(([, bytes]) => bytes)), pieces)).toEqual({ text: members.map(([text]) => text).join(''), notes: [], error: null })
      }),
      { numRuns: 30 },
    )
  })
})

describe('damage', () => {
  test('a stream cut off anywhere gives what was unpacked until there', async () => {
    const small = gzipSync(B)
    for (let length = 0; length < small.length; length++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const { text, error } = await unpack(small.subarray(0, length))
      expect(B.startsWith(text)).toBe(true)
      expect(error).toContain('cut off')
    }
    const cut = await unpack(WHOLE.subarray(0, -TRAILER))
    expect(cut).toMatchObject({ text: A, error: expect.stringContaining('cut off') as unknown })
  })

  test('in the middle of a small file leaves most of what stands before it', async () => {
    const bytes = Buffer.from(WHOLE)
    const half = Math.floor(bytes.length / 2)
    bytes.fill(0xff, half, half + 64)
    const { text, error } = await unpack(bytes)
    expect(error).toMatch(/^the gzip stream is damaged \(.+\)$/)
    let same = 0
    while (text[same] === A[same] && same < text.length) same++
    expect(same).toBeGreaterThan(A.length * 0.4)
  })

  test('in a later member leaves the earlier ones', async () => {
    const second = Buffer.from(gzipSync(B))
    second[2] = 9
    expect(await unpack(Buffer.concat([WHOLE, second]))).toMatchObject({ text: A, error: expect.stringContaining('method of compression') as unknown })
    second.set([8, 0xe0], 2)
    expect(await unpack(Buffer.concat([WHOLE, second]))).toMatchObject({ text: A, error: expect.stringContaining('reserved bit') as unknown })
  })

  test.each([
    ['checksum', TRAILER_AT.checksum],
    ['length', TRAILER_AT.length],
  ])('of the %s is said, of any member', async (what, at) => {
    const bytes = Buffer.from(WHOLE)
    const place = bytes.length + at
    bytes[place] = (bytes[place] ?? 0) ^ 1
    expect(await unpack(Buffer.concat([bytes, gzipSync(B)]))).toMatchObject({ text: A, error: expect.stringContaining(what) as unknown })
  })
})

test('what unpacks to a thousand times as much comes a piece at a time', async () => {
  const bomb = createGzip({ level: constants.Z_BEST_COMPRESSION })
  const block = Buffer.alloc(1024 * 1024)
  async function* input(): AsyncGenerator<Buffer> {
    for (let i = 0; i < 256; i++) bomb.write(block)
    bomb.end()
    for await (const chunk of bomb) yield chunk as Buffer
  }
  let given = 0
  const stream = gunzip(input(), () => undefined)
  for await (const chunk of stream) {
    expect(chunk.length).toBeLessThanOrEqual(256 * 1024)
    given += chunk.length
    if (given > 64 * 1024 * 1024) break
  }
  expect(given).toBeGreaterThan(64 * 1024 * 1024)
})
