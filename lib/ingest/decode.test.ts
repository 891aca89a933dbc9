import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decode } from './decode'

async function read(bytes: Buffer, pieces = Math.max(1, bytes.length), notes: string[] = []): Promise<string> {
  async function* input(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += pieces) yield await Promise.resolve(bytes.subarray(at, at + pieces))
  }
  const chunks: Buffer[] = []
  for await (const chunk of decode(input(), (note) => void notes.push(note))) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test.each([
  ['', ''],
  ['{', '{'],
  ['{"a":1}\n', '{"a":1}\n'],
])('%j is text, whole or compressed, in any pieces', async (text, expected) => {
  for (const pieces of [1, 3, 100]) {
    // oxlint-disable-next-line no-await-in-loop -- one after another
    expect(await read(Buffer.from(text), pieces)).toBe(expected)
    // oxlint-disable-next-line no-await-in-loop -- one after another
    expect(await read(gzipSync(text), pieces)).toBe(expected)
  }
})

test.each([
  ['xz', Buffer.from('fd377a585a000004', 'hex'), /compressed with xz.*gzip or zstd/],
  ['bzip2', Buffer.from('BZh91AY&SY'), /bzip2/],
  ['a ZIP archive', Buffer.from('504b030414000000', 'hex'), /ZIP/],
  ['UTF-16', Buffer.from('\uFEFF{"a":1}', 'utf16le'), /UTF-16.*iconv/],
  ['UTF-16, the other way round', Buffer.from('\uFEFF{"a":1}', 'utf16le').swap16(), /UTF-16/],
  ['a program', Buffer.from('7f454c4602010100', 'hex'), /ELF/],
])('%s is refused by name, also inside of gzip', async (_, bytes, message) => {
  const refusal = { code: 'unsupported', message: expect.stringMatching(message) as unknown }
  await expect(read(bytes, 1)).rejects.toMatchObject(refusal)
  await expect(read(gzipSync(bytes))).rejects.toMatchObject(refusal)
})

test('what was compressed twice says so', async () => {
  await expect(read(gzipSync(gzipSync('{}')))).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('once more, with gzip') as unknown })
})

test('what follows a gzip stream is noted', async () => {
  const notes: string[] = []
  expect(await read(Buffer.concat([gzipSync('{"a":1}'), Buffer.from('garbage!')]), 4, notes)).toBe('{"a":1}')
  expect(notes).toEqual(['8 bytes behind the end of the gzip stream are not part of it and were passed over.'])
})
