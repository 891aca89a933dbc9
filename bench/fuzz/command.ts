import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

/** Longer than any of it may take on a busy machine. */
const HANGS_MS = 600_000

/** Runs a command of the built product to its end, or kills it as `kill -9` does after `killMs`. */
export async function linklocal(args: readonly string[], dataDir: string, killMs?: number): Promise<Ended> {
  const began = performance.now()
  const child = spawn(process.execPath, ['bin/linklocal', ...args, '--data', dataDir], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | string>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')))
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const cut = new AbortController()
  void sleep(killMs ?? HANGS_MS, undefined, { signal: cut.signal }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  )
  const code = await ended
  cut.abort()
  return { code, stdout, stderr, ms: performance.now() - began }
}
