import { expect, test } from 'vitest'
import { readJson, readText } from './read-body'

function endless(): { readonly request: Request; readonly pulled: () => number } {
  let pulled = 0
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++
      controller.enqueue(new Uint8Array(1_000).fill(0x20))
    },
  })
  return { request: new Request('http://127.0.0.1/', { method: 'POST', body, duplex: 'half' } as RequestInit), pulled: () => pulled }
}

test('a body without an end is cut off at the cap, which the refusal names', async () => {
  const { request, pulled } = endless()
  await expect(readText(request, 10_000)).rejects.toMatchObject({ code: 'too_large', message: expect.stringContaining('10,000 bytes') })
  expect(pulled()).toBeLessThan(20)
})

test('a length beyond the cap is refused before anything is read', async () => {
  const { pulled, request } = endless()
  const headers = new Headers({ 'content-length': '10001' })
  await expect(readText({ body: request.body, headers }, 10_000)).rejects.toMatchObject({ code: 'too_large' })
  expect(pulled()).toBeLessThan(2)
})

test.each([
  ['{"a":"é"}', { a: 'é' }],
  ['[]', []],
])('reads %s', async (text, value) => {
  expect(await readJson(new Request('http://127.0.0.1/', { method: 'POST', body: text }))).toEqual(value)
})

test.each([
  ['', /not JSON/],
  ['{', /not JSON/],
  [new Uint8Array([0x22, 0xff, 0x22]), /not text in UTF-8/],
])('refuses %j', async (body, message) => {
  await expect(readJson(new Request('http://127.0.0.1/', { method: 'POST', body }))).rejects.toMatchObject({ code: 'invalid', message: expect.stringMatching(message) })
})
