import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { reportFailure } from '@/cli/failure'
import { AppError, APP_ERROR_STATUS, type AppErrorCode } from '@/lib/errors'

let printed = ''
let dataDir = ''

beforeEach(() => {
  printed = ''
  dataDir = mkdtempSync(join(tmpdir(), 'linklocal-failure-'))
  vi.stubEnv('LINKLOCAL_DATA', dataDir)
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(dataDir, { recursive: true, force: true })
})

describe('a refusal', () => {
  const expected: Record<AppErrorCode, number> = {
    invalid: 2, unsupported: 2, not_found: 1, conflict: 1,
    unauthenticated: 4, forbidden: 4, too_large: 4, too_slow: 4, busy: 4, locked: 4, newer_database: 4, disk_full: 4, damaged: 4, read_only: 4, data_gone: 4,
  }
  test.each(Object.keys(APP_ERROR_STATUS) as AppErrorCode[])('%s is one line and its exit code', (code) => {
    expect(reportFailure(new AppError(code, 'no: do this instead'))).toBe(expected[code])
    expect(printed).toBe('linklocal: no: do this instead\n')
  })
})

test('a file that is not there is named, without a stack', async () => {
  const missing = join(dataDir, 'nothing.ndjson')
  const error: unknown = await open(missing).catch((reason: unknown) => reason)
  expect(reportFailure(error)).toBe(1)
  expect(printed).toBe(`linklocal: ${missing}: no such file or directory\n`)
})

describe('a bug', () => {
  test('shows an id; the stack is in the log under that id', () => {
    expect(reportFailure(new TypeError('x is not a function'))).toBe(1)
    const id = /\((E-[0-9a-f]{8})\)/.exec(printed)?.[1]
    expect(id).toBeDefined()
    expect(printed).not.toContain('x is not a function')
    const entry: unknown = JSON.parse(readFileSync(join(dataDir, 'linklocal.log'), 'utf8'))
    expect(entry).toMatchObject({ id, level: 'fatal', stack: expect.stringContaining('TypeError: x is not a function') })
  })

  test('shows the stack when there is no data directory to log in', () => {
    vi.stubEnv('LINKLOCAL_DATA', join(dataDir, 'absent'))
    expect(reportFailure(new TypeError('x is not a function'))).toBe(1)
    expect(printed).toContain('TypeError: x is not a function')
  })
})
