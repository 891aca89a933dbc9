import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '@/lib/auth/context'
import { openStore, type Store } from '@/lib/db/store'
import { authorizePush, noteTokenUse, pushTokensInUse } from './authorize-push'
import { createPushToken } from './create-push-token'
import { hashSecret, isSecret, newCredentials, readAuthorization, tokenText } from './push-token'
import { listPushTokens } from './queries'
import { revokePushToken } from './revoke-push-token'

const PREFIX = 'll_0123456789ab'
const SECRET = 'A'.repeat(43)
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('an Authorization header', () => {
  test.each([
    [`Bearer ${PREFIX}.${SECRET}`, true],
    [`bearer ${PREFIX}.${SECRET}`, true],
    [`Bearer ${PREFIX}:${SECRET}`, true],
    [`ApiKey ${base64(`${PREFIX}:${SECRET}`)}`, true],
    [`APIKEY ${base64(`${PREFIX}:${SECRET}`)}`, true],
    [`ApiKey ${PREFIX}.${SECRET}`, true],
    [`ApiKey ${base64(`${PREFIX}.${SECRET}`)}`, true],
    [`Basic ${base64(`${PREFIX}:${SECRET}`)}`, true],
    [`Basic ${base64(`elastic:${PREFIX}.${SECRET}`)}`, true],
    [`Basic ${base64(`:${PREFIX}.${SECRET}`)}`, true],
    [`Bearer ${PREFIX}.${SECRET}x`, false],
    [`Bearer ${PREFIX}.${SECRET.slice(1)}`, false],
    [`Bearer ${PREFIX}`, false],
    [`Bearer ${SECRET}`, false],
    [`Bearer ${base64(`${PREFIX}:${SECRET}`)}`, false],
    [`Bearer  `, false],
    ['Bearer', false],
    ['', false],
    [`Digest ${PREFIX}.${SECRET}`, false],
    [`${PREFIX}.${SECRET}`, false],
    [`ApiKey ${base64('\u0000'.repeat(30))}`, false],
    [`Bearer ${PREFIX}.${SECRET} Bearer ${PREFIX}.${SECRET}`, false],
    [`Bearer ${'x'.repeat(100_000)}`, false],
    [`Bearer ${PREFIX.toUpperCase()}.${SECRET}`, false],
  ])('%.60s', (header, read) => {
    expect(readAuthorization(header)).toEqual(read ? { prefix: PREFIX, secret: SECRET } : null)
  })

  test('takes every token that is made', () => {
    for (let i = 0; i < 200; i++) {
      const made = newCredentials()
      expect(readAuthorization(`Bearer ${tokenText(made)}`)).toEqual(made)
      expect(isSecret(made.secret, hashSecret(made.secret))).toBe(true)
      expect(isSecret(newCredentials().secret, hashSecret(made.secret))).toBe(false)
      expect(isSecret(made.secret, '')).toBe(false)
    }
  })
})

describe('push tokens', () => {
  let dir: string
  let store: Store
  let context: Context
  const now = new Date('2026-11-03T10:00:00.000Z')

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'push-tokens-'))
    store = openStore(dir, process.cwd())
    context = { actor: { name: 'ana' }, db: store.client, events: store.events, clock: () => now }
  })
  afterAll(async () => {
    await store.close()
    rmSync(dir, { recursive: true })
  })
  const audit = () => store.writer.prepare('SELECT actor, action, entity_type, entity_id FROM audit ORDER BY id').all()

  test('are made, used and revoked, each with an audit row; the secret is stored nowhere', async () => {
    expect(await pushTokensInUse(context)).toBe(false)
    const made = await createPushToken(context, { name: ' web fleet ' })
    expect(made).toMatchObject({ id: 1, name: 'web fleet', token: `${made.prefix}.${made.secret}` })
    expect(await pushTokensInUse(context)).toBe(true)
    expect(await authorizePush(context, `Bearer ${made.token}`)).toEqual({ id: 1, name: 'web fleet' })
    expect(await authorizePush(context, `Bearer ${made.prefix}.${'A'.repeat(43)}`)).toBeNull()
    expect(await authorizePush(context, `Bearer ${PREFIX}.${made.secret}`)).toBeNull()
    expect(JSON.stringify(store.writer.prepare('SELECT * FROM push_token').all())).not.toContain(made.secret)
    expect(JSON.stringify(store.writer.prepare('SELECT * FROM audit').all())).not.toContain(made.secret)

    expect(await revokePushToken(context, { id: 1 })).toEqual({ changed: true })
    expect(await revokePushToken(context, { id: 1 })).toEqual({ changed: false })
    expect(await authorizePush(context, `Bearer ${made.token}`)).toBeNull()
    // The door does not open again with the last token gone.
    expect(await pushTokensInUse(context)).toBe(true)
    expect(await listPushTokens(context)).toEqual([
      { id: 1, name: 'web fleet', prefix: made.prefix, createdBy: 'ana', createdAt: now.toISOString(), lastUsedAt: null, revokedAt: now.toISOString() },
    ])
    expect(audit()).toEqual([
      { actor: 'ana', action: 'push_token.create', entity_type: 'push_token', entity_id: '1' },
      { actor: 'ana', action: 'push_token.revoke', entity_type: 'push_token', entity_id: '1' },
    ])
  })

  test('remember when they were last used, to the minute', async () => {
    const { id } = await createPushToken(context, { name: 'used' })
    const usedAt = async (seconds: number) => {
      await noteTokenUse({ ...context, clock: () => new Date(now.getTime() + seconds * 1000) }, id)
      return (await listPushTokens(context)).find((token) => token.id === id)?.lastUsedAt
    }
    expect(await usedAt(0)).toBe('2026-11-03T10:00:00.000Z')
    expect(await usedAt(30)).toBe('2026-11-03T10:00:00.000Z')
    expect(await usedAt(61)).toBe('2026-11-03T10:01:01.000Z')
    await revokePushToken(context, { id })
  })

  test('have a name that no other in use has; a revoked one gives it free', async () => {
    const { id } = await createPushToken(context, { name: 'web fleet' })
    await expect(createPushToken(context, { name: 'web fleet' })).rejects.toMatchObject({ code: 'conflict', details: { field: 'name' } })
    const states = (await listPushTokens(context)).map((token) => [token.id, token.revokedAt === null])
    expect(states[0]).toEqual([id, true])
    expect(states.slice(1)).toContainEqual([1, false])
  })

  test.each([[{ name: '' }], [{ name: '   ' }], [{ name: 'x'.repeat(101) }], [{}], [null]])('refuses %j', async (input) => {
    await expect(createPushToken(context, input as { name: string })).rejects.toMatchObject({ code: 'invalid' })
  })

  test('refuses to revoke what is not there', async () => {
    await expect(revokePushToken(context, { id: 99 })).rejects.toMatchObject({ code: 'not_found' })
    await expect(revokePushToken(context, { id: 0 })).rejects.toMatchObject({ code: 'invalid' })
  })
})
