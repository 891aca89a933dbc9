import { connect } from 'node:net'

/** What a server answers to bytes as they stand, until it ends the connection. */
export function sendBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'))
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer))
  })
}

/** Requests that no client sends by mistake, and what they are answered; each ends its connection. */
export function hostileRequests(url: string): readonly (readonly [name: string, bytes: string, status: number])[] {
  const host = `Host: ${new URL(url).host}\r\n`
  const get = (target: string, headers = ''): string => `GET ${target} HTTP/1.1\r\n${host}Connection: close\r\n${headers}\r\n`
  const page = 'Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n'
  return [
    ['an escape that is none', get('/alerts/%zz'), 400],
    ['an escape that is none in the query', get('/alerts?q=%zz'), 400],
    ['half of a character', get('/alerts/%E0%A4'), 400],
    ['a NUL', get('/alerts/A-1%00'), 400],
    ['dots', get('/_next/static/%2e%2e/%2e%2e/package.json'), 400],
    ['an address without an end', get(`/${'a'.repeat(9_000)}`), 414],
    ['cookies of somebody else', get('/alerts', 'Cookie: a=%zz; =; b="; c\r\n'), 200],
    ['two hosts', `GET / HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`, 400],
    ['the absolute form', get('http://evil.example/'), 400],
    ['a length and chunks', `POST /alerts HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['a WebSocket', `GET /_next/webpack-hmr HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n`, 501],
    ['a tunnel', `CONNECT 127.0.0.1:22 HTTP/1.1\r\n${host}\r\n`, 405],
    ['a link to a case export from elsewhere', get('/api/cases/C-1/export', `${page}Sec-Fetch-Site: cross-site\r\n`), 403],
    ['a link to a case export in a mail', get('/api/cases/C-1/export', `${page}Sec-Fetch-Site: none\r\n`), 403],
    ['an action with more than actions take', `POST /alerts HTTP/1.1\r\n${host}Next-Action: x\r\nContent-Length: 5000000\r\n\r\nx`, 413],
    ['a preview with more than previews take', `POST /api/exceptions/preview HTTP/1.1\r\n${host}Content-Length: 500000000\r\n\r\n{`, 413],
  ]
}
