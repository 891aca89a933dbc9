// `npm start`: builds what is stale, then is the server.
import { fileURLToPath } from 'node:url'
import { buildCommands, buildConsole, commandsAreStale } from './build.mjs'

// npm runs this under a shell, and the shell does not pass on the signal that ends it: without this, ending npm would leave
// the server behind, holding its port.
const parent = process.ppid
const watch = setInterval(() => {
  if (process.ppid === parent) return
  clearInterval(watch)
  process.kill(process.pid, 'SIGTERM')
}, 500)
watch.unref()

try {
  if (commandsAreStale()) await buildCommands()
  await buildConsole({ ifStale: true })
} catch (error) {
  if (!('errors' in error)) console.error(error.message)
  process.exit(1)
}
process.argv = [process.execPath, fileURLToPath(new URL('linklocal', import.meta.url)), 'serve', ...process.argv.slice(2)]
await import('./linklocal')
