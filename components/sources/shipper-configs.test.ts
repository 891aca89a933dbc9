import { expect, test } from 'vitest'
import { shipperConfigs } from './shipper-configs'

const access = { origin: 'http://127.0.0.1:3999', prefix: 'll_0123456789ab', secret: 'S'.repeat(43) }

test('every configuration names this console and the token', () => {
  const configs = shipperConfigs(access)
  expect(configs.map(({ id }) => id)).toEqual(['filebeat', 'elastic-agent', 'logstash', 'vector', 'fluent-bit', 'rsyslog', 'curl'])
  for (const { text } of configs) {
    expect(text).toContain('127.0.0.1')
    expect(text).toContain('3999')
    expect(text).toContain(access.prefix)
    expect(text).toContain(access.secret)
  }
})

test('a port that goes without saying is said, and an IPv6 host keeps its brackets', () => {
  for (const { text } of shipperConfigs({ ...access, origin: 'http://localhost' })) expect(text).toMatch(/localhost:80\b|\b80$|"80"/m)
  expect(shipperConfigs({ ...access, origin: 'http://[::1]:3000' })[0]?.text).toContain('"http://[::1]:3000"')
})
