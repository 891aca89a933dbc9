import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LIMITS } from '@/lib/limits'

test('actions take what the server hands on, and no more', () => {
  const [, factors = ''] = /bodySizeLimit: ([\d* ]+)/.exec(readFileSync('next.config.js', 'utf8')) ?? []
  expect(factors.split('*').reduce((product, factor) => product * Number(factor), 1)).toBe(LIMITS.formBytes)
})
