// `npm start`: builds what is stale, then is the server.
import { fileURLToPath } from 'node:url'
import { buildCommands, buildConsole, commandsAreStale } from './build.mjs'
import { endWithParent } from './parent.mjs'
import { onSupportedRuntime } from './runtime.mjs'

await onSupportedRuntime()
endWithParent()
try {
  if (commandsAreStale()) await buildCommands()
  await buildConsole({ ifStale: true })
} catch (error) {
  if (!('errors' in error)) console.error(error.message)
  process.exit(1)
}
process.argv = [process.execPath, fileURLToPath(new URL('linklocal', import.meta.url)), 'serve', ...process.argv.slice(2)]
await import('./linklocal')
