import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const COMMAND = fileURLToPath(new URL('../../bin/linklocal', import.meta.url))
const ID = '5a1c7c0e-1f0b-4d0c-9a53-6d1f6f2b7a01'
let dir: string

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'rules-command-'))
})

afterAll(() => {
  rmSync(dir, { recursive: true })
})

function rules(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, '--data', dir, 'rules', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

test('the bundled rules are listed before anything was ingested', async () => {
  const { code, stdout } = await rules('list', '--json')
  expect(code).toBe(0)
  const rows = stdout.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(rows).toContainEqual(expect.objectContaining({ rule_id: ID, enabled: true, severity: 'medium', risk_score: 47, alerts: 0 }))
})

test('one is shown by the beginning of its id, with its query as it is written', async () => {
  const { code, stdout } = await rules('show', ID.slice(0, 8), '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ rule: { rule_id: ID, language: 'eql' }, enabled: true, versions: [{ version: 1, current: true }] })
  expect((await rules('show', ID)).stdout).toContain('sequence by host.id, process.parent.entity_id with maxspan=1s')
})

test('it is switched off and on, and says when it was already', async () => {
  expect((await rules('disable', ID)).stdout).toBe(`${ID} disabled\n`)
  expect((await rules('disable', ID, '--json')).stdout).toBe(`{"rule_id":"${ID}","enabled":false,"changed":false}\n`)
  expect((await rules('list')).stdout).toMatch(/^off /m)
  expect((await rules('enable', ID)).stdout).toBe(`${ID} enabled\n`)
})

test('what is not there, or not there yet, says so', async () => {
  expect(await rules('show', 'nobody')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('There is no rule with the id nobody') as string })
  for (const name of ['import', 'export']) {
    expect(await rules(name)).toMatchObject({ code: 2, stderr: expect.stringContaining('not yet in this version') as string })
  }
})
