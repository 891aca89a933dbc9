/**
 * The console's process: one HTTP server on loopback, the gate before Next, the workers beside it. Next runs inside this
 * process, so ending it ends everything.
 */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { printable } from '@/lib/text/printable'
import { AppError } from '@/lib/errors'
import { readEnv } from '@/lib/env'
import { importRequest } from '@/lib/ingest/schema'
import { LIMITS } from '@/lib/limits'
import { startRuntime } from '@/lib/web/runtime'
import { readConsoleKey, ConsoleKey } from '@/lib/web/console-key'
import { BodyRequest } from './body-request'
import { SLOW_HEADS, trackConnections } from './connections'
import { endInTime } from './end-in-time'
import { gateRequests, type Behind } from './gated'
import { listen } from './listen'
import { watchedFolders } from './watched-folders'

export interface ServeOptions {
  readonly host: string
  readonly port: number
  readonly dev: boolean
  /** Folders to watch; those of the environment when there are none. */
  readonly watch: readonly string[]
  readonly watchHost?: string
}

/** Resolves with the first request to end, and lets the second one end the process at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    let seen = false
    const onSignal = () => {
      if (seen) process.exit(130)
      seen = true
      resolve()
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
}

/** Serves until SIGINT or SIGTERM, then closes in order: connections, workers and store, Next. */
export async function serve({ host, port, dev, ...options }: ServeOptions): Promise<void> {
  const { dataDir, root, ...env } = readEnv()
  const watch = watchedFolders(options.watch.length > 0 ? options.watch : env.watch, dataDir)
  const watchHost = importRequest.shape.host.safeParse(options.watchHost ?? env.watchHost)
  if (!watchHost.success) throw new AppError('invalid', `--watch-host: ${watchHost.error.issues[0]?.message ?? 'not a name'}`)
  // Next and React decide by this which of their builds to load; it must stand before either is.
  Reflect.set(process.env, 'NODE_ENV', dev ? 'development' : 'production')
  process.env['NEXT_TELEMETRY_DISABLED'] = '1'

  process.stdout.write(`Starting on Node ${process.versions.node} (${process.execPath})\n`)
  const stop = interrupted()
  const starting = new AbortController()
  stop
    .then(() => {
      starting.abort()
      return endInTime(LIMITS.stopMs)
    })
    .catch(() => undefined)
  const server = createServer({ IncomingMessage: BodyRequest, ...SLOW_HEADS })
  const connections = trackConnections(server)
  // Next adds its own upgrade listener to the server it is given. Given one that never listens, the gate stays in front.
  const behind = createServer()
  let there: Behind | undefined
  gateRequests(server, { behind: () => there, upgrade: behind, dev })
  const origin = await listen(server, host, port)
  try {
    if (!dev && !existsSync(join(root, '.next/BUILD_ID'))) {
      throw new AppError('not_found', 'the console is not built yet; run `npm run build` first, or `linklocal serve --dev`')
    }
    // The port is ours, so no second server of the same checkout is about to migrate the same store.
    const runtime = await startRuntime(dataDir, { watch, watchHost: watchHost.data, signal: starting.signal })
    const { default: next } = await import('next')
    const { hostname, port: bound } = new URL(origin)
    const app = next({ dev, dir: root, hostname, port: Number(bound), httpServer: behind, quiet: !dev })
    try {
      await app.prepare()
      there = { handler: app.getRequestHandler(), key: new ConsoleKey(readConsoleKey(dataDir)) }
      process.stdout.write(`Linklocal is ready on ${origin}\n`)
      for (const folder of watch) process.stdout.write(`Watching ${printable(folder)}\n`)
      await stop
      // Streams never end by themselves, and the server waits for its answers.
      runtime.live.close()
      await connections.end()
    } finally {
      await runtime.stop()
      await app.close()
    }
  } finally {
    await connections.end()
  }
  // Next leaves timers behind that would hold the process.
  process.exit(0)
}
