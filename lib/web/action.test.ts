import { expect, test, vi } from 'vitest'
import { AppError } from '@/lib/errors'
import { runAction } from './action'

test('a value, a refusal with its field, and a bug that does not tell its message', async () => {
  expect(await runAction(async () => 7)).toEqual({ ok: true, value: 7 })
  expect(await runAction(() => Promise.reject(new AppError('invalid', 'Closing takes a verdict.', { field: 'verdict' })))).toEqual({
    ok: false,
    error: { code: 'invalid', message: 'Closing takes a verdict.', fields: { verdict: 'Closing takes a verdict.' } },
  })
  expect(await runAction(() => Promise.reject(new AppError('invalid', 'No.', { fields: { name: 'give it a name', odd: 1 } })))).toMatchObject({
    error: { fields: { name: 'give it a name' } },
  })
  const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const failed = await runAction(() => Promise.reject(new Error('SELECT secret')))
  expect(failed).toMatchObject({ ok: false, error: { code: 'internal' } })
  expect(JSON.stringify(failed)).not.toContain('SELECT')
  expect(String(log.mock.calls[0]?.[0])).toContain('SELECT secret')
  log.mockRestore()
})
