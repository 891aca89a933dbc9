import { expect, test } from 'vitest'
import { TEST_TIME, execEvent, networkEvent, withFields } from '@/lib/ecs/testing'
import { reasonSentence } from './reason'

const exec = { event: execEvent({ entityId: 'p', commandLine: 'curl -s http://169.254.169.254/latest/' }), ms: TEST_TIME }
const network = { event: networkEvent({ entityId: 'p' }), ms: TEST_TIME + 410 }
const neighbour = { event: networkEvent({ entityId: 'q', pid: 9 }), ms: TEST_TIME + 410 }
const HOST = '169.254.169.254'
const asked = { host: HOST, pathClass: 'credentials', role: 'web-prod-role' } as const

test.each([
  [[exec, network], asked, 'curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later for the credentials of web-prod-role'],
  [[exec, network], { host: HOST, pathClass: 'credentials', role: null } as const, 'curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later for credentials'],
  [[exec, network], { host: HOST, pathClass: 'user_data', role: null } as const, 'curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later for the user data'],
  [[exec, network], { host: HOST, pathClass: 'other', role: null } as const, 'curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later'],
  [[exec, network], null, 'curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later'],
  [[exec], asked, 'curl (pid 4711, ubuntu), run by bash, executed for the credentials of web-prod-role: curl -s http://169.254.169.254/latest/'],
  [[exec, neighbour], asked, 'curl (pid 4711, ubuntu), run by bash, was followed by curl (pid 9, ubuntu), which connected to 169.254.169.254:80 410 ms later for the credentials of web-prod-role'],
])('says what was asked for where it is worth taking', (records, imds, sentence) => {
  expect(reasonSentence(records, 'Rule', imds)).toBe(sentence)
})

test('a long name does not push the role out, and a long role has an end', () => {
  const long = { event: execEvent({ name: 'x'.repeat(500) }), ms: TEST_TIME }
  const sentence = reasonSentence([long, network], 'Rule', { host: HOST, pathClass: 'credentials', role: 'r'.repeat(100) })
  expect(sentence.endsWith(`… for the credentials of ${'r'.repeat(64)}…`)).toBe(true)
  expect(sentence.length).toBeLessThan(320)
})

const at = (event: ReturnType<typeof networkEvent>, ms: number) => ({ event, ms: TEST_TIME + ms })
const socket = at(withFields(networkEvent({ entityId: 'p' }), { 'event.action': 'connect', destination: { address: '/run/nscd/socket' }, network: { type: 'unix' } }), 3)
const resolver = at(networkEvent({ entityId: 'p', destinationIp: '127.0.0.53', destinationPort: 53 }), 4)
const lookup = at(withFields(networkEvent({ entityId: 'p' }), { 'event.action': 'lookup_requested', destination: undefined, 'dns.question.name': 'example.com' }), 5)
const proxy = at(networkEvent({ entityId: 'p', destinationIp: '10.0.0.2', destinationPort: 3128 }), 6)

test.each([
  ['a socket of the resolver', [exec, socket, network]],
  ['a resolver', [exec, resolver, network]],
  ['a look-up', [exec, lookup, network]],
  ['a proxy', [exec, proxy, network]],
  ['all of them', [exec, socket, resolver, lookup, proxy, network]],
  ['all of them behind it', [exec, network, proxy, lookup, resolver, socket]],
])('the metadata connection is named beside %s', (_name, records) => {
  expect(reasonSentence(records, 'Rule', null)).toBe('curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 410 ms later')
})

test.each([
  ['a proxy', [exec, proxy], asked, 'connected to 10.0.0.2:3128 6 ms later, while the command names 169.254.169.254 for the credentials of web-prod-role'],
  ['a proxy, for nothing worth taking', [exec, proxy], { ...asked, pathClass: 'other' } as const, 'connected to 10.0.0.2:3128 6 ms later, while the command names 169.254.169.254'],
  ['an address where no host was named', [exec, proxy], { ...asked, host: null }, 'connected to 10.0.0.2:3128 6 ms later for the credentials of web-prod-role'],
  ['the service under another of its names', [exec, network], { ...asked, host: 'metadata.google.internal' }, 'connected to 169.254.169.254:80 410 ms later for the credentials of web-prod-role'],
])('a connection elsewhere than the command names is not said to have given it: %s', (_name, records, imds, phrase) => {
  expect(reasonSentence(records, 'Rule', imds)).toBe(`curl (pid 4711, ubuntu), run by bash, ${phrase}`)
})

test('a match that began with the connection names what came after it as well', () => {
  expect(reasonSentence([network, { ...exec, ms: TEST_TIME + 420 }], 'Rule', null)).toBe(
    'curl (pid 4711, ubuntu), run by bash, connected to 169.254.169.254:80 and was followed by curl (pid 4711, ubuntu) 10 ms later',
  )
})

test.each([
  [{ 'event.outcome': 'failure' }, 'tried to connect to 169.254.169.254:80'],
  [{ 'event.outcome': 'unknown' }, 'connected to 169.254.169.254:80'],
  [{ destination: undefined, network: { type: 'unix' }, 'event.action': 'connect' }, 'connected to a local socket without a name'],
  [{ destination: { address: '' }, network: { type: 'unix' }, 'event.action': 'connect' }, 'connected to a local socket without a name'],
  [{ destination: undefined, network: { type: 'unspecified' }, 'event.action': 'connect' }, 'ended a connection'],
  [{ destination: undefined }, 'connected to an unknown address'],
  [{ destination: undefined, source: { ip: '198.51.100.7', port: 4000 }, 'event.action': 'connection_accepted' }, 'accepted a connection from 198.51.100.7:4000'],
  [{ destination: undefined, 'event.action': 'lookup_requested', 'dns.question.name': 'metadata.google.internal' }, 'looked up metadata.google.internal'],
  [{ destination: { domain: 'metadata.google.internal', port: 80 } }, 'connected to metadata.google.internal:80'],
  [{ 'event.action': 'sendto' }, 'sent to 169.254.169.254:80'],
  [{ 'event.action': 'disconnect_received' }, 'ended its connection to 169.254.169.254:80'],
])('the words fit what is known: %j', (fields, phrase) => {
  const told = { event: withFields(networkEvent({ entityId: 'p' }), fields), ms: TEST_TIME + 410 }
  expect(reasonSentence([exec, told], 'Rule', null)).toBe(`curl (pid 4711, ubuntu), run by bash, ${phrase} 410 ms later`)
})
