/** The origin this console was reached under, for commands that people copy. The gate has checked the Host header. */
export function requestOrigin(headers: Pick<Headers, 'get'>): string {
  return `http://${headers.get('host') ?? '127.0.0.1:3000'}`
}
