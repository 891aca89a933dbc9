import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findNodes } from './nodes'
import { bundledRuntime, isSupported, SUPPORTED } from './runtime.mjs'

test.each([
  ['18.20.8', false],
  ['20.20.2', false],
  ['22.14.0', false],
  ['22.15.0', true],
  ['22.23.3', true],
  ['23.6.0', false],
  ['24.0.0', true],
  ['26.12.1', true],
])('Node %s: supported is %s', (version, supported) => {
  expect(isSupported(version)).toBe(supported)
})

test('this runs on a supported Node', () => {
  expect(isSupported()).toBe(true)
})

const older = findNodes().find(({ version }) => !isSupported(version))
const root = process.cwd()

/** Only where there is an older Node: nothing else shows what becomes of a command that is started by one. */
describe.skipIf(older === undefined || bundledRuntime() === undefined)('a command started by an older Node', () => {
  let dir: string
  const children: ChildProcess[] = []

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'runtime-'))
    writeFileSync(
      path.join(dir, 'command.mjs'),
      `import { onSupportedRuntime } from ${JSON.stringify(path.join(root, 'bin/runtime.mjs'))}
       import { endWithParent } from ${JSON.stringify(path.join(root, 'bin/parent.mjs'))}
       await onSupportedRuntime()
       endWithParent()
       const [what] = process.argv.slice(2)
       if (what === 'exit') process.exit(7)
       if (what === 'echo') process.stdin.pipe(process.stdout)
       if (what === 'kill') process.kill(process.pid, 'SIGKILL')
       if (what === 'wait') {
         let seen = 0
         for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {
           console.log(signal, ++seen)
           setTimeout(() => process.exit(9), 300)
         })
         setInterval(() => {}, 1000)
         console.log(process.versions.node, process.pid)
       }`,
    )
  })
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(dir, { recursive: true })
  })

  function start(what: string, env: Record<string, string> = {}) {
    const child = spawn(older?.path ?? '', [path.join(dir, 'command.mjs'), what], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    children.push(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()))
    const said = async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        const found = pattern.exec(output)
        if (found) return found
        // oxlint-disable-next-line no-await-in-loop -- until it has said so
        await once(child.stdout, 'data')
      }
    }
    const ended = once(child, 'close') as Promise<[number | null, string | null]>
    return { child, said, ended, output: () => output }
  }

  test('runs on the Node of the packages, and its exit code is passed on', async () => {
    expect(await start('exit').ended).toEqual([7, null])
    const { child, said } = start('wait')
    expect((await said(/^\S+/))[0]).toBe(bundledRuntime()?.version)
    child.kill('SIGKILL')
  })

  test('reads standard input and writes standard output', async () => {
    const { child, ended, output } = start('echo')
    child.stdin.end('from one to the other\n')
    expect(await ended).toEqual([0, null])
    expect(output()).toBe('from one to the other\n')
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s reaches it, once', async (signal) => {
    const { child, said, ended, output } = start('wait')
    await said(/^\d+\S+ \d+\n/)
    child.kill(signal)
    expect(await ended).toEqual([9, null])
    expect(output().match(/SIG\w+ \d/g)).toEqual([`${signal} 1`])
  })

  test('ends by the signal that ended it', async () => {
    expect(await start('kill').ended).toEqual([null, 'SIGKILL'])
  })

  test('ends when the one in between is killed outright', async () => {
    const { child, said, ended, output } = start('wait')
    await said(/^\d+\S+ \d+\n/)
    child.kill('SIGKILL')
    await ended
    expect(output()).toContain('SIGTERM 1')
  })

  test('is refused in one sentence where the packages brought none', async () => {
    // What is not there is looked for beside the file, so a copy elsewhere finds nothing.
    copyFileSync('bin/runtime.mjs', path.join(dir, 'runtime.mjs'))
    writeFileSync(path.join(dir, 'alone.mjs'), "import { onSupportedRuntime } from './runtime.mjs'\nawait onSupportedRuntime()\nconsole.log('not refused')")
    const child = spawn(older?.path ?? '', [path.join(dir, 'alone.mjs')], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()))
    expect(await once(child, 'close')).toEqual([4, null])
    expect(said).toBe(
      `Linklocal needs ${SUPPORTED}; this is ${older?.version}, and there is no newer one in node_modules: run \`npm ci\`, or start it with a newer Node\n`,
    )
  })
})
