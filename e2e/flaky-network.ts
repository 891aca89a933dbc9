import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A network between browser and console that fails on command. The console answers under its port as through a tunnel. */
export interface FlakyNetwork {
  readonly url: string
  /** Lets so many bytes of uploads through; then their connections hang, also new ones, until it is up again. */
  hangAfter(bytes: number): void
  /** Leads to another console from now on. */
  leadTo(target: string): void
  /** Refuses every connection, and cuts those there are. */
  down(): void
  /** Lets everything through again. */
  up(): void
  close(): void
}

export async function flakyNetwork(target: string): Promise<FlakyNetwork> {
  let { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let left = Number.POSITIVE_INFINITY
  let isDown = false
  const server = createServer((browser) => {
    if (isDown) {
      browser.destroy()
      return
    }
    const onward = connect(Number(port), hostname)
    for (const socket of [browser, onward]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        browser.destroy()
        onward.destroy()
      })
    }
    let sends = false
    browser.on('data', (chunk: Buffer) => {
      sends ||= chunk.includes('PATCH /api/uploads/')
      const some = sends ? chunk.subarray(0, left) : chunk
      onward.write(some)
      if (!sends) return
      left -= some.length
      if (left > 0) return
      browser.pause()
    })
    onward.pipe(browser)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hangAfter: (bytes) => {
      left = bytes
    },
    leadTo: (other) => {
      ;({ hostname, port } = new URL(other))
    },
    down: () => {
      isDown = true
      cutAll()
    },
    up: () => {
      isDown = false
      left = Number.POSITIVE_INFINITY
    },
    close: () => {
      server.close()
      cutAll()
    },
  }
}
