import { expect, test } from 'vitest'
import { keepRefusal, refusalOf } from './page-refusals'

const thrown = (error: Error, digest: string) => Object.assign(error, { digest })

test('a page that met a damaged database can say so', () => {
  keepRefusal(thrown(Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' }), '123'))
  expect(refusalOf('123')).toMatch(/^The database is damaged .*linklocal doctor/)
})

test('what is not meant for users stays in the log', () => {
  keepRefusal(thrown(new Error('at /home/ann/secret.ts'), '124'))
  expect(refusalOf('124')).toBeNull()
  expect(refusalOf('__proto__')).toBeNull()
})

test('only the newest are kept', () => {
  for (let n = 0; n < 300; n++) keepRefusal(thrown(Object.assign(new Error('x'), { code: 'SQLITE_NOTADB' }), `n${n}`))
  expect(refusalOf('n0')).toBeNull()
  expect(refusalOf('n299')).not.toBeNull()
})
