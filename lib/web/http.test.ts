import { expect, test } from 'vitest'
import { APP_ERROR_STATUS, AppError, type AppErrorCode } from '@/lib/errors'
import { errorResponse, route } from './http'

test.each(Object.entries(APP_ERROR_STATUS) as [AppErrorCode, number][])('%s is answered with %d', async (code, status) => {
  const response = errorResponse(new AppError(code, `about ${code}`))
  expect(response.status).toBe(status)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.json()).toEqual({ error: { code, message: `about ${code}` } })
})

test('only a refusal under pressure says when to come back', () => {
  expect(errorResponse(new AppError('busy', 'later')).headers.get('retry-after')).toBe('1')
  expect(errorResponse(new AppError('invalid', 'never')).headers.get('retry-after')).toBeNull()
})

test('facts of a refusal are passed on', async () => {
  const response = errorResponse(new AppError('conflict', 'changed meanwhile', { version: 3 }))
  expect(await response.json()).toEqual({ error: { code: 'conflict', message: 'changed meanwhile', details: { version: 3 } } })
})

test('an error of another bundle is known by its shape', () => {
  const foreign = Object.assign(new Error('too big'), { name: 'AppError', code: 'too_large', status: 413, details: {} })
  expect(errorResponse(foreign).status).toBe(413)
})

test('an unknown error says nothing of itself but a reference, under which the log has it', async () => {
  const lines: string[] = []
  const response = errorResponse(new Error('SQLITE_CORRUPT in /home/ann/secret.db'), (line) => lines.push(line))
  expect(response.status).toBe(500)
  const body = JSON.stringify(await response.json())
  expect(body).not.toContain('secret')
  const reference = /E-[0-9a-f]{8}/.exec(body)?.[0]
  expect(lines.join('')).toContain(`${reference}: Error: SQLITE_CORRUPT in /home/ann/secret.db`)
})

test('a route answers what its handler answers, or the error it throws', async () => {
  const handler = route((name: string) => {
    if (name === '') throw new AppError('invalid', 'give a name')
    return new Response(name)
  })
  expect(await (await handler('ann')).text()).toBe('ann')
  expect((await handler('')).status).toBe(400)
})
