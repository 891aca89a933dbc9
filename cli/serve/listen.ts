import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '@/lib/errors'

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new AppError('busy', `port ${port} of ${host} is in use; choose another with --port N (0 takes a free one)`)
  }
  if (error.code === 'EACCES') return new AppError('forbidden', `no permission to listen on port ${port}; choose one from 1024 with --port N`)
  if (error.code === 'EADDRNOTAVAIL') return new AppError('invalid', `this machine has no address ${host}`)
  return error
}

/** Binds to a loopback address and answers the origin, `http://127.0.0.1:3000`. Throws an AppError saying what to do. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  const name = host.replace(/^\[(.*)\]$/, '$1')
  if (!LOOPBACK.has(name)) {
    throw new AppError(
      'forbidden',
      `refusing to listen on ${host}: the console has no sign-in yet, so only loopback is served (127.0.0.1, ::1 or localhost). ` +
        'From another machine use a tunnel, for example: ssh -L 3000:127.0.0.1:3000 this-host',
    )
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)))
    server.listen({ host: name, port }, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return `http://${name.includes(':') ? `[${name}]` : name}:${bound}`
}
