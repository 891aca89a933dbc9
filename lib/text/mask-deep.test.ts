import { expect, test } from 'vitest'
import { maskDeep, maskWords } from './mask-deep'
import { MASK } from './secrets'

test.each([
  [['curl', '-H', 'Authorization: Bearer abc', 'https://x/'], ['curl', '-H', `Authorization: Bearer ${MASK}`, 'https://x/']],
  [['tool', '--password', 'two words', '-v'], ['tool', '--password', MASK, '-v']],
  [['mysql', '-uroot', '-phunter2', 'db'], ['mysql', '-uroot', `-p${MASK}`, 'db']],
  [['curl', '-u', 'ann:hunter2', 'https://x/'], ['curl', '-u', `ann:${MASK}`, 'https://x/']],
  [['mysql', '-p'], ['mysql', '-p']],
  [['ls', '-l', ''], ['ls', '-l', '']],
])('the words %j', (words, masked) => {
  expect(maskWords(words)).toEqual(masked)
})

test('plain data at any depth, and nothing else', () => {
  const at = new Date(0)
  const data = { process: { args: ['x', '--token', 'abc'], pid: 7, env: null }, notes: [{ text: 'PGPASSWORD=abc psql' }], at, raw: Buffer.from('x') }
  expect(maskDeep(data)).toEqual({ process: { args: ['x', '--token', MASK], pid: 7, env: null }, notes: [{ text: `PGPASSWORD=${MASK} psql` }], at, raw: Buffer.from('x') })
})
