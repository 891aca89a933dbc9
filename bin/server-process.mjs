// A console of one's own for a browser test or a screenshot: its own process, port and data directory, gone afterwards.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('linklocal', import.meta.url))
const READY = /^Linklocal is ready on (http:\S+)$/
// Generous: what is late on a loaded machine is not broken.
const START_MS = 180_000
const STOP_MS = 60_000

/** Starts `linklocal serve` on a free port and answers when it serves; throws with its output when it does not. */
export async function startServer({ env = {} } = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'linklocal-'))
  const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LINKLOCAL_DATA: dataDir, LINKLOCAL_END_WITH_PARENT: '1', ...env },
  })
  const output = []
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)))

  async function stop() {
    child.kill('SIGTERM')
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    const code = await exited
    clearTimeout(kill)
    // The stack of a bug is in the log, and the log goes with the directory.
    if (code !== 0) output.push(await readFile(join(dataDir, 'linklocal.log'), 'utf8').catch(() => ''))
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
    return code
  }

  const ready = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`linklocal serve was not ready after ${START_MS / 1000} s`)), START_MS)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      reject(new Error(`linklocal serve ended with ${code ?? signal}`))
    })
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line)
        const url = READY.exec(line)?.[1]
        if (!url) return
        clearTimeout(timer)
        resolve(url)
      })
    }
  })
  try {
    return { url: await ready, dataDir, output, stop }
  } catch (error) {
    await stop()
    throw new Error(`${error.message}\n${output.join('\n')}`, { cause: error })
  }
}
