import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readEnv } from '@/lib/env'

describe('readEnv', () => {
  test('has a default for everything', () => {
    expect(readEnv({})).toEqual({ dataDir: resolve('data'), root: resolve('.'), port: 3000, watch: [], watchHost: undefined, logLevel: 'info' })
  })

  test('counts an empty variable as unset', () => {
    expect(readEnv({ LINKLOCAL_DATA: '', LINKLOCAL_ROOT: '', LINKLOCAL_PORT: '', LINKLOCAL_WATCH: '', LINKLOCAL_WATCH_HOST: '', LINKLOCAL_LOG_LEVEL: '' })).toEqual(readEnv({}))
  })

  test('makes the data directory absolute', () => {
    expect(readEnv({ LINKLOCAL_DATA: 'cases/acme' }).dataDir).toBe(resolve('cases/acme'))
    expect(readEnv({ LINKLOCAL_DATA: '/srv/linklocal' }).dataDir).toBe('/srv/linklocal')
  })

  test('watches each folder of a list, as PATH names them', () => {
    expect(readEnv({ LINKLOCAL_WATCH: '/srv/in::drop' }).watch).toEqual(['/srv/in', resolve('drop')])
  })

  test.each([
    ['LINKLOCAL_WATCH_HOST', 'web 01'],
    ['LINKLOCAL_PORT', '65536'],
    ['LINKLOCAL_PORT', '-1'],
    ['LINKLOCAL_PORT', '80.5'],
    ['LINKLOCAL_PORT', 'http'],
    ['LINKLOCAL_LOG_LEVEL', 'loud'],
  ])('refuses %s=%s by name', (name, value) => {
    expect(() => readEnv({ [name]: value })).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining(name) }))
  })
})
