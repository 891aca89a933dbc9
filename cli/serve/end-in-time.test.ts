import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

test('a process whose thread cannot be ended ends all the same, and says so', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'linklocal-end-'))
  try {
    const file = path.join(directory, 'end.mjs')
    await build({ entryPoints: ['cli/serve/end-in-time.ts'], outfile: file, format: 'esm', platform: 'node' })
    // What waits for ever here stands for an orderly end that waits for a thread.
    const code = `const { endInTime } = await import(${JSON.stringify(pathToFileURL(file).href)}); process.on('SIGTERM', () => endInTime(20)); setInterval(() => {}, 1000); console.log('up')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code])
    let told = ''
    child.stderr.on('data', (chunk: Buffer) => (told += String(chunk)))
    child.stdout.once('data', () => child.kill('SIGTERM'))
    const signal = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)))
    expect(signal).toBe('SIGKILL')
    expect(told).toContain('What was acknowledged is stored')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
