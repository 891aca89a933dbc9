import { expect, test } from 'vitest'
import { TEST_TIME, execEvent, networkEvent } from '@/lib/ecs/testing'
import { reasonSentence } from './reason'

const exec = { event: execEvent({ entityId: 'p', commandLine: 'curl -s http://169.254.169.254/latest/' }), ms: TEST_TIME }
const network = { event: networkEvent({ entityId: 'p' }), ms: TEST_TIME + 410 }
const neighbour = { event: networkEvent({ entityId: 'q', pid: 9 }), ms: TEST_TIME + 410 }
const asked = { pathClass: 'credentials', role: 'web-prod-role' } as const

test.each([
  [[exec, network], asked, 'curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later for the credentials of web-prod-role'],
  [[exec, network], { pathClass: 'credentials', role: null } as const, 'curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later for credentials'],
  [[exec, network], { pathClass: 'user_data', role: null } as const, 'curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later for the user data'],
  [[exec, network], { pathClass: 'other', role: null } as const, 'curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later'],
  [[exec, network], null, 'curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later'],
  [[exec], asked, 'curl (pid 4711, ubuntu), run by bash, executed for the credentials of web-prod-role: curl -s http://169.254.169.254/latest/'],
  [[exec, neighbour], asked, 'curl (pid 4711, ubuntu), run by bash, was followed by curl (pid 9, ubuntu), which connected to 169.254.169.254:80 410 ms later for the credentials of web-prod-role'],
])('says what was asked for where it is worth taking', (records, imds, sentence) => {
  expect(reasonSentence(records, 'Rule', imds)).toBe(sentence)
})

test('a long name does not push the role out, and a long role has an end', () => {
  const long = { event: execEvent({ name: 'x'.repeat(500) }), ms: TEST_TIME }
  const sentence = reasonSentence([long, network], 'Rule', { pathClass: 'credentials', role: 'r'.repeat(100) })
  expect(sentence.endsWith(`… for the credentials of ${'r'.repeat(64)}…`)).toBe(true)
  expect(sentence.length).toBeLessThan(320)
})
