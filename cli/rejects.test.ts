import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TEST_TIME, execEvent } from '@/lib/ecs/testing'

const COMMAND = fileURLToPath(new URL('../bin/linklocal', import.meta.url))
let dir: string

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'rejects-command-'))
  const hostless = [0, 1].map((n) => JSON.stringify({ ...execEvent({ id: `e${n}`, at: TEST_TIME + n }), host: { os: { type: 'linux' } } }))
  writeFileSync(path.join(dir, 'events.ndjson'), [...hostless, 'non\u001bsense', JSON.stringify(execEvent({ id: 'whole' }))].join('\n'))
})

afterAll(() => {
  rmSync(dir, { recursive: true })
})

function linklocal(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, '--data', path.join(dir, 'data'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

function lines(text: string): Record<string, unknown>[] {
  return text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('rejected records are listed, exported with their bytes, and retried with the host they do not name', async () => {
  expect(await linklocal('rejects', 'list')).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no database') as string })
  expect((await linklocal('ingest', path.join(dir, 'events.ndjson'))).code).toBe(3)

  const listed = lines((await linklocal('rejects', 'list', '--json')).stdout)
  expect(listed.map(({ record, code }) => [record, code])).toEqual([
    [1, 'no_host'],
    [2, 'no_host'],
    [3, 'not_json'],
  ])
  const plain = (await linklocal('rejects', 'list', '--code', 'not_json')).stdout
  expect(plain).toContain('events.ndjson, record 3')
  expect(plain).not.toContain('\u001b')

  const out = path.join(dir, 'rejects.ndjson')
  expect((await linklocal('rejects', 'export', '--import', '1', '--out', out)).code).toBe(0)
  expect(lines(readFileSync(out, 'utf8'))[2]).toMatchObject({ text: 'non\u001bsense', base64: Buffer.from('non\u001bsense').toString('base64') })
  expect((await linklocal('rejects', 'export', '--out', out)).code).not.toBe(0)

  expect(await linklocal('rejects', 'retry')).toMatchObject({ code: 2, stderr: expect.stringContaining('Say which') as string })
  expect((await linklocal('rejects', 'retry', 'x')).code).toBe(2)
  expect((await linklocal('rejects', 'retry', '--source', 'nobody')).code).toBe(1)
  expect((await linklocal('rejects', 'retry', '--host', 'two words', '--all')).code).toBe(2)

  const first = await linklocal('rejects', 'retry', String(listed[0]!['id']), '--host', 'web-01', '--json')
  expect(first.code).toBe(0)
  expect(JSON.parse(first.stdout)).toMatchObject({ resolved: 1, failed: 0, imports: [{ name: 'retry of events.ndjson' }] })
  const rest = await linklocal('rejects', 'retry', '--import', '1', '--host', 'web-01')
  expect(rest).toMatchObject({ code: 3, stdout: expect.stringContaining('1 stored now, 1 rejected again') as string })
  expect(lines((await linklocal('rejects', 'list', '--state', 'resolved', '--json')).stdout)).toHaveLength(2)
})

test('runs are listed, newest first, each with what its rules did', async () => {
  const runs = lines((await linklocal('runs', '--json')).stdout)
  expect(runs.map(({ import: of }) => (of as { name: string }).name)).toEqual(['retry of events.ndjson', 'retry of events.ndjson', 'events.ndjson'])
  expect(runs[2]).toMatchObject({ kind: 'import', status: 'done', events: 1 })
  expect((await linklocal('runs', '--limit', '1')).stdout).toContain('retry of events.ndjson')
  expect((await linklocal('runs', '--limit', '0')).code).toBe(2)
  expect((await linklocal('runs', '--rule', 'nobody')).code).toBe(1)
})
