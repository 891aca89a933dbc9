import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '@/lib/limits'
import { BrokenStreamError } from './broken-stream'
import { decode } from './decode'

/** Four hundred lines of JSON as `zstd -19 --check` writes them: nobody else here can. */
const LINES = Buffer.from([
  'KLUv/QRoPRsABqxYGZCrMBw1C0Q0K1o39P/KRCYpk0zJpL/rBydgAEsASwCLx2hisVgsFovVqcZVXNRpfCn/12lMQiWO6DSWKWczJltqeg7XSUSEspA6Tdt2jZ7GlJJjsD4aS7nF6jRGoNBggCxYSO',
  'iBBQkCOAAPBgYFDCwMCAMBBQULQ4BAGBIMDgIMBoPBetGUS6rFWkXVf/p833d+j9eJaMhC5Sio5jQznm02m5j5Jo9t8TzP4clkIpPJZDKR6rqu67qya4sncWiO4ziy9tFmk3XbtgWNiFaxaopSLBaL',
  'Rf68L+95EhENmYRKGgXVh2Y80uFwYsq0aZquaZqmnEQoFAplItWXOnVZll2jRdKQFJYcyXEcx3Ect8UqGAwGgxFVL6opl1SLtYqq//R5L+/5PV50ojFJiaOgD814ZDqdxfgm17XYdF1XKpURS4UyCa',
  'mXxpW2bVs8cWhhSY7B2kebebKO22L1oGg4Go1GgZSoMVS47b8BIanQISlddREkBAlCgBASAiIomB/lv1ksNbF1oRx5iJ9zblmmKHtzxbb3ayweWtZG8umt5UnJy4nL9TVSmk82p40/iYzJSbkzT3Tf',
  '5nDgj3E5fLn2bHA2aZRQHWHspc3o0qgybgaBktVspbjdVrC2FGqklXqrwJ75ubwRnh/ZzzLfO+Rw2hvqjdDHd4wTQ0adKE2Sbd3wNlM498lJkF1LUcx2vfeIwlUy8JSqIDAfSDZyD0sv6PF3TUQO9h',
  'a6STgrMWA+2j2fhHXcG98qTkNSbxKTu5YPf/7dVyjdf39dzQavR5IEUZVHRfM8XEc8cyPP6330vQVvmrm4Lb4wUybgTdyOnEK2lDsFT5lxMGcp6SWM25QMw99E2qOjYx5SQU2pFNlWud0ShXkJj1gm',
  '99qn3YpEg+s/nWOpsPVuAJ0P83T6M6IuD1GovJZthnN9Y9TVPn6cTq8+XItIq+VaON10xumNFFQKNsvXu4NDUU6Xwyv6UBA+W+PQO2XYVrNWmrXtSg2SYXhPaohGl/lJLxKL/Gb33wJ5qluBV+/CZP',
  'A62MHoA8vk95wG0susknZgLcj77CNlEBDzcEyGMwaTb0xoeJyhRLa8H2ltHj9oZAJusbSWLgD4gzque46DomdFjcscvtnovNj0X2kI5RrhVVhHV7U0VvnhVgJJFRM7pmk=',
].join(''), 'base64')
const DIGEST = '271c8aadc0e43f4e0950c3ac17289b3e8d6cc5a8459c4c68556a63816f3fe6de'

const SKIPPED = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 0x28, 0xb5, 0x2f])

function block(type: number, size: number, last: boolean, content: Buffer): Buffer {
  const header = Buffer.alloc(3)
  header.writeUIntLE((size << 3) | (type << 1) | Number(last), 0, 3)
  return Buffer.concat([header, content])
}

/** A frame without a checksum; `window` is its descriptor (RFC 8878, 3.1.1.1.2). */
function frame(window: number, ...blocks: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, window]), ...blocks])
}

const WINDOW_128_KIB = 7 << 3

async function unpack(bytes: Buffer, { pieces = bytes.length, limit }: { pieces?: number; limit?: number } = {}) {
  async function* input(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += pieces) yield await Promise.resolve(bytes.subarray(at, at + pieces))
  }
  const digest = createHash('sha256')
  let length = 0
  let largest = 0
  for await (const chunk of decode(input(), () => undefined, limit)) {
    digest.update(chunk)
    length += chunk.length
    largest = Math.max(largest, chunk.length)
  }
  return { digest: digest.digest('hex'), length, largest }
}

describe('zstd', () => {
  test.each([1, 3, 100, 10_000])('reads a frame that comes in pieces of %i bytes', async (pieces) => {
    expect(await unpack(LINES, { pieces })).toMatchObject({ length: 9_391, digest: DIGEST })
  })

  test('reads several frames, and passes over those that are to be skipped, wherever they are', async () => {
    for (const pieces of [1, 7, 10_000]) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect(await unpack(Buffer.concat([SKIPPED, LINES, SKIPPED, SKIPPED, LINES, SKIPPED]), { pieces })).toMatchObject({ length: 2 * 9_391 })
    }
  })

  test('reads blocks as they are, repeated ones, and a frame without any', async () => {
    const hello = Buffer.from('hello')
    const bytes = frame(WINDOW_128_KIB, block(0, 5, false, hello), block(1, 3, true, Buffer.from('!')))
    const empty = frame(WINDOW_128_KIB, block(0, 0, true, Buffer.alloc(0)))
    expect(await unpack(Buffer.concat([empty, bytes]))).toMatchObject({ digest: createHash('sha256').update('hello!!!').digest('hex') })
  })

  test('a few kilobytes that unpack to gigabytes are unpacked a block at a time, up to the limit', async () => {
    const repeated = block(1, 128 * 1024, false, Buffer.from([0x20]))
    const bomb = frame(WINDOW_128_KIB, ...Array.from({ length: 16_000 }, () => repeated))
    const read: number[] = []
    async function* input(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(bomb)
    }
    const run = async (): Promise<void> => {
      for await (const chunk of decode(input(), () => undefined, 1024 * 1024)) read.push(chunk.length)
    }
    await expect(run()).rejects.toMatchObject({ code: 'too_large' })
    expect(Math.max(...read)).toBe(128 * 1024)
    expect(read.reduce((sum, length) => sum + length)).toBe(1024 * 1024)
  })

  test('a frame that asks for too much memory is refused, saying so', async () => {
    const wide = frame(18 << 3, block(0, 0, true, Buffer.alloc(0)))
    await expect(unpack(wide)).rejects.toMatchObject({ code: 'too_large', message: expect.stringMatching(/asks for 256 MiB .* at most 128 MiB/) as unknown })
    const single = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0]), Buffer.from('ffffffffffffffff', 'hex'), block(0, 0, true, Buffer.alloc(0))])
    await expect(unpack(single)).rejects.toMatchObject({ code: 'too_large' })
    expect(LIMITS.zstdWindowBytes).toBe(2 ** 27)
  })

  test.each([
    ['a block of no known type', frame(WINDOW_128_KIB, block(3, 1, true, Buffer.from('x')))],
    ['a block that is too large', frame(WINDOW_128_KIB, block(1, 2 ** 21 - 1, true, Buffer.from('x')))],
    ['bytes behind the last frame', Buffer.concat([LINES, Buffer.from('garbage')])],
    ['a dictionary', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, WINDOW_128_KIB, 9, 1, 0, 0])],
  ])('says what is wrong with %s', async (_, bytes) => {
    await expect(unpack(bytes)).rejects.toThrow(BrokenStreamError)
  })

  test('a frame cut off anywhere says so', async () => {
    for (let length = 4; length < LINES.length; length++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await expect(unpack(LINES.subarray(0, length))).rejects.toThrow('cut off')
    }
  })

  test('a changed bit anywhere is noticed, by the checksum where by nothing else, or changes nothing', async () => {
    const outcomes = new Set<unknown>()
    for (let at = 4; at < LINES.length; at++) {
      const bytes = Buffer.from(LINES)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const outcome = await unpack(bytes).catch((error: unknown) => error)
      outcomes.add(outcome instanceof Error ? outcome.name : (outcome as { digest: string }).digest)
    }
    expect(outcomes).toEqual(new Set([DIGEST, 'BrokenStreamError']))
  })
})
