import { expect, test } from 'vitest'
import { shellWord } from './shell-word'

test.each([
  ['/var/lib/linklocal', '/var/lib/linklocal'],
  ['/srv/my data', "'/srv/my data'"],
  ["/srv/ann's", String.raw`'/srv/ann'\''s'`],
  ['$(id)', "'$(id)'"],
  ['', "''"],
])('%j is written %s', (text, word) => {
  expect(shellWord(text)).toBe(word)
})
