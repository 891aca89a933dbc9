import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const COMMAND = fileURLToPath(new URL('../bin/linklocal', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function linklocal(args: readonly string[], { closeOutput = false } = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    if (closeOutput) child.stdout.destroy()
    else child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

const COMMANDS = ['serve', 'ingest', 'alerts', 'eql', 'secl', 'rules', 'exceptions', 'case', 'retention', 'backup', 'restore', 'doctor']

describe('help', () => {
  test.each([['--help'], ['-h'], ['help']])('%s names every command', async (arg) => {
    const { code, stdout } = await linklocal([arg])
    expect(code).toBe(0)
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
  })

  test.each(COMMANDS)('%s --help names the data directory too', async (name) => {
    const { code, stdout } = await linklocal([name, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(`linklocal ${name}`)
    expect(stdout).toContain('--data <dir>')
  })

  test('help NAME is NAME --help', async () => {
    expect((await linklocal(['help', 'serve'])).stdout).toBe((await linklocal(['serve', '--help'])).stdout)
  })

  test('--version is the version alone', async () => {
    expect((await linklocal(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('a closed pipe ends quietly', async () => {
    expect(await linklocal(['--help'], { closeOutput: true })).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('wrong usage exits 2 and says why on standard error', () => {
  test.each([
    [[], /Usage: linklocal/],
    [['nonsense'], /unknown command 'nonsense'/],
    [['--nonsense'], /unknown option '--nonsense'/],
    [['serve', '--nonsense'], /unknown option '--nonsense'/],
    [['serve', '--port', 'http'], /from 0 to 65535/],
    [['serve', '--port', '65536'], /from 0 to 65535/],
    [['serve', '--data'], /argument missing/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await linklocal(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(message)
  })
})

describe('serve refuses', () => {
  test.each(['0.0.0.0', '::', '192.168.1.10', 'console.example'])('to listen on %s', async (host) => {
    const { code, stderr } = await linklocal(['serve', '--host', host])
    expect(code).toBe(4)
    expect(stderr).toContain('only loopback is served')
  })

  test('a port in use, naming it and the option', async () => {
    const holder = createServer()
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port))
    })
    const { code, stderr } = await linklocal(['serve', '--port', String(port)])
    holder.close()
    expect(code).toBe(4)
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is in use`)
    expect(stderr).toContain('--port')
  })
})
