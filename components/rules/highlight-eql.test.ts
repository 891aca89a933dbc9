import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { highlightEql } from './highlight-eql'

const kinds = (query: string) =>
  highlightEql(query)
    .filter(({ kind, text }) => kind !== 'plain' || text.trim() !== '')
    .map(({ kind, text }) => `${kind}:${text.trim()}`)

test('what a condition is made of', () => {
  expect(kinds('process where process.name : ("curl", "py*") and length(user.name) > 3 // why')).toEqual([
    'category:process',
    'keyword:where',
    'field:process.name',
    'plain:: (',
    'string:"curl"',
    'plain:,',
    'wildcard:"py*"',
    'plain:)',
    'keyword:and',
    'function:length',
    'plain:(',
    'field:user.name',
    'plain:) >',
    'number:3',
    'comment:// why',
  ])
})

test('a sequence and its join keys', () => {
  expect(kinds('sequence by host.id with maxspan=1s [any where true]')).toEqual([
    'keyword:sequence',
    'keyword:by',
    'field:host.id',
    'keyword:with',
    'keyword:maxspan',
    'plain:=',
    'number:1s',
    'plain:[',
    'keyword:any',
    'keyword:where',
    'keyword:true',
    'plain:]',
  ])
})

test('the bundled rule is shown as it runs', () => {
  const text = readFileSync('rules/imds-unusual-request.toml', 'utf8')
  const query = text.split("query = '''")[1]!.split("'''")[0]!
  expect(highlightEql(query).map((piece) => piece.text).join('')).toBe(query)
})

test('whatever is written, the pieces together are what is written', () => {
  const words = fc.constantFrom('process', ' ', 'where', '"', "'", '`', '//', '/*', '*/', '\\', '[', ')', '=', '~', '\n', '1.5', 'a.b', '"""', '!', '&&', 'é', '\u202e')
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.array(words).map((list) => list.join(''))), (query) => {
      expect(highlightEql(query).map((piece) => piece.text).join('')).toBe(query)
    }),
  )
})
