import { hostileRequests, sendBytes } from './bare-requests'
import { expect, test } from './fixtures'

test('hostile requests are answered as what they are, and none as a fault of the console', async ({ server }) => {
  for (const [name, bytes, status] of hostileRequests(server.url)) {
    expect((await sendBytes(server.url, bytes)).slice(0, 12), name).toBe(`HTTP/1.1 ${status}`)
  }
  expect(server.output.join('\n')).not.toMatch(/failed in|E-[0-9a-f]{8}/)
})
