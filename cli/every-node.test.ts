import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findNodes } from '@/bin/nodes'
import { bundledRuntime, isSupported } from '@/bin/runtime.mjs'
import { commandsAreStale, buildCommands } from '@/bin/build.mjs'

/**
 * Every command under every Node that can be had: the one that runs this, that of the packages, those on the path. A native module that
 * does not suit a Node aborts (134) or crashes (139) at random, so what uses the database most runs several times.
 */

const COMMAND = path.resolve('bin/linklocal')
const SAMPLE = path.resolve('public/samples/incident.ndjson.gz')
const ROUNDS = 6
const AT_ONCE = 2

interface Run {
  readonly args: readonly string[]
  readonly code: number
  readonly input?: string
}

/** Every command, in an order in which each finds what the ones before have left. */
function everyCommand(dir: string): readonly Run[] {
  const file = (name: string) => path.join(dir, name)
  writeFileSync(file('bad.ndjson'), '{"no": "time"}\n')
  writeFileSync(file('exception.json'), JSON.stringify({ entries: [{ field: 'process.name', type: 'match', operator: 'included', value: 'curl' }] }))
  return [
    { args: ['--version'], code: 0 },
    { args: ['ingest', SAMPLE], code: 0 },
    { args: ['ingest', file('bad.ndjson')], code: 3 },
    { args: ['alerts', 'list'], code: 0 },
    { args: ['alerts', 'show', 'A-1'], code: 0 },
    { args: ['rules', 'list'], code: 0 },
    { args: ['rules', 'disable', '0b3b5bbd-0000-4000-8000-000000000000'], code: 1 },
    { args: ['rules', 'test'], code: 0 },
    { args: ['runs'], code: 0 },
    { args: ['rejects', 'list'], code: 0 },
    { args: ['rejects', 'retry', '--all'], code: 3 },
    { args: ['rejects', 'export'], code: 0 },
    { args: ['exceptions', 'list'], code: 0 },
    { args: ['exceptions', 'preview', '--file', file('exception.json')], code: 0 },
    { args: ['case', 'create', '--title', 'A case', '--alert', 'A-1'], code: 0 },
    { args: ['case', 'add', 'C-1', 'A-2'], code: 0 },
    { args: ['case', 'list'], code: 0 },
    { args: ['case', 'export', 'C-1', '--out', file('case.zip')], code: 0 },
    { args: ['case', 'verify', file('case.zip')], code: 0 },
    { args: ['retention', 'set', '--days', '30'], code: 0 },
    { args: ['retention', 'show'], code: 0 },
    { args: ['retention', 'preview'], code: 0 },
    { args: ['retention', 'run'], code: 0 },
    { args: ['retention', 'compact'], code: 0 },
    { args: ['backup', file('backup.db')], code: 0 },
    { args: ['--data', file('restored'), 'restore', file('backup.db')], code: 0 },
    { args: ['doctor'], code: 0 },
    { args: ['eql', 'check', '--query', 'process where true'], code: 0 },
    { args: ['eql', 'run', '--query', 'process where true', '--data-file', SAMPLE], code: 0 },
    { args: ['secl', 'check', '--expr', 'exec.file.name == "curl"'], code: 0 },
    { args: ['secl', 'run', '--requests', '-'], code: 0, input: '{"expr":"1 == 1"}\n' },
    { args: ['serve', '--port', '0', '--host', '192.0.2.1'], code: 4 },
  ]
}

const MOST_USED: readonly Run[] = [
  { args: ['ingest', SAMPLE], code: 0 },
  { args: ['alerts', 'list'], code: 0 },
  { args: ['alerts', 'show', 'A-1'], code: 0 },
  { args: ['doctor'], code: 0 },
  { args: ['rules', 'test'], code: 0 },
]

function run(node: string, dataDir: string, { args, input = '' }: Run): Promise<{ code: number | string | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [COMMAND, ...args], { stdio: ['pipe', 'ignore', 'pipe'], env: { ...process.env, LINKLOCAL_DATA: dataDir } })
    let stderr = ''
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: code ?? signal, stderr }))
  })
}

/** Runs them one after another and answers those that did not end as they should. */
async function failures(node: string, dataDir: string, runs: readonly Run[]): Promise<readonly string[]> {
  const failed: string[] = []
  for (const each of runs) {
    // oxlint-disable-next-line no-await-in-loop -- each stands on what the ones before have left
    const { code, stderr } = await run(node, dataDir, each)
    if (code !== each.code) failed.push(`${each.args.join(' ')} ended with ${code}, not ${each.code}: ${stderr.slice(0, 500)}`)
  }
  return failed
}

let dir: string

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'every-node-'))
  if (commandsAreStale()) await buildCommands()
})

afterAll(() => {
  rmSync(dir, { recursive: true, force: true })
})

const nodes = findNodes()
const older = nodes.find(({ version }) => !isSupported(version))

// An older one only starts a command on the Node of the packages; bin/runtime.test.ts has the rest.
test.skipIf(older === undefined || bundledRuntime() === undefined)('started by an older Node, commands run on the Node of the packages', async () => {
  expect(await failures(older?.path ?? '', path.join(dir, 'older'), MOST_USED)).toEqual([])
})

/** Those that are promised, whether they are here or not, and others that are. */
const majors = new Set([22, 24, 26, ...nodes.filter(({ version }) => isSupported(version)).map(({ version }) => Number.parseInt(version, 10))])

describe.each([...majors])('under Node %i', (major) => {
  const found = nodes.filter(({ version }) => isSupported(version) && Number.parseInt(version, 10) === major)

  test.skipIf(found.length === 0)('every command ends as it should', async () => {
    for (const node of found) {
      const own = path.join(dir, node.version)
      mkdirSync(own)
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect(await failures(node.path, path.join(own, 'data'), everyCommand(own))).toEqual([])
    }
  })

  test.skipIf(found.length === 0)(`none aborts in ${ROUNDS} rounds`, async () => {
    const rounds = found.flatMap((node) => Array.from({ length: ROUNDS }, (_, n) => ({ node: node.path, dataDir: path.join(dir, `${node.version}-${n}`) })))
    const failed: string[] = []
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let round = rounds.pop(); round !== undefined; round = rounds.pop()) failed.push(...(await failures(round.node, round.dataDir, MOST_USED)))
      }),
    )
    expect(failed).toEqual([])
  })
})
