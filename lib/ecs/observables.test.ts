import { expect, test } from 'vitest'
import { LIMITS } from '@/lib/limits'
import { observableText, observablesOf, parseObservable } from './observables'
import { imdsPair, withFields } from './testing'

const SHA = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

test('an alert is found by what its records name, each once', () => {
  const [exec, connection] = imdsPair({ user: 'deploy', fields: { 'process.hash.sha256': SHA, 'process.entity_id': 'x' } })
  const found = observablesOf([exec, connection], 'web-prod-role').map(observableText)
  expect(found).toEqual([...new Set(found)])
  for (const text of ['role:web-prod-role', 'host:web-01', 'user:deploy', 'program:curl', 'program:/usr/bin/curl', 'program:/usr/bin/bash', 'pid:4711', 'pid:4700', `hash:${SHA}`, 'address:169.254.169.254']) {
    expect(found).toContain(text)
  }
})

test('what a record repeats without end is cut, and what is longer than anybody types is left out', () => {
  const [exec] = imdsPair()
  const many = withFields(exec, { 'user.name': Array.from({ length: 1_000 }, (_, i) => `user-${i}`), 'process.name': 'x'.repeat(LIMITS.observableLength + 1) })
  const found = observablesOf([many], null)
  expect(found).toHaveLength(LIMITS.alertObservables)
  expect(found.some(({ kind, value }) => kind === 'program' && value.startsWith('xxx'))).toBe(false)
})

test.each([
  ['pid:4711', { kind: 'pid', value: '4711' }],
  ['address:fd00:ec2::254', { kind: 'address', value: 'fd00:ec2::254' }],
  ['pid:', null],
  ['nothing', null],
  ['toString:1', null],
])('%s is read back', (text, expected) => {
  expect(parseObservable(text)).toEqual(expected)
})
