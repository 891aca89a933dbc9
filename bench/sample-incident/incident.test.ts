import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { parse } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { readText, type EcsEvent } from '@/lib/ecs/event'
import { search } from '@/lib/eql/index'
import { EXPECTED_ALERTS } from './expected'
import { incidentLines } from './incident'

const lines = incidentLines()
const events = lines.map((line) => JSON.parse(line) as EcsEvent)
const text = (event: EcsEvent | undefined, field: string) => (event ? readText(event, field) : undefined)
const action = (event: EcsEvent) => text(event, 'event.action') ?? ''

test('the bundled file is what the generator makes', () => {
  const packed = readFileSync(new URL('../../public/samples/incident.ndjson.gz', import.meta.url))
  expect(packed.readUInt32LE(4), 'the time in the gzip header').toBe(0)
  expect(gunzipSync(packed).toString() === `${lines.join('\n')}\n`).toBe(true)
  expect(incidentLines()).toEqual(lines)
})

describe('the records are believable', () => {
  test('a few hundred of three hosts, each with its own id', () => {
    expect(events.length).toBeGreaterThan(400)
    expect(events.length).toBeLessThan(650)
    expect(new Set(events.map((e) => text(e, 'event.id'))).size).toBe(events.length)
    expect(new Set(events.map((e) => text(e, 'host.id'))).size).toBe(3)
  })

  test('not in the order of time, as shippers deliver', () => {
    const times = events.map((e) => text(e, '@timestamp') ?? '')
    expect(times).not.toEqual(times.toSorted())
    for (const time of times) expect(time).toMatch(/^2026-11-03T(09|10|11):\d\d:\d\d\.\d{7}Z$/)
  })

  test('every fork and every exec has an entity id of its own, and nothing ends that did not begin', () => {
    const begun = events.filter((e) => ['fork', 'exec'].includes(action(e))).map((e) => text(e, 'process.entity_id'))
    expect(new Set(begun).size).toBe(begun.length)
    for (const end of events.filter((e) => action(e) === 'end')) expect(begun).toContain(text(end, 'process.entity_id'))
  })

  test('a process begins after its parent and ends after it begins', () => {
    for (const event of events.filter((e) => text(e, 'process.parent.start') !== undefined)) {
      expect((text(event, 'process.parent.start') ?? '') <= (text(event, '@timestamp') ?? '')).toBe(true)
    }
    for (const event of events.filter((e) => action(e) === 'end')) {
      expect((text(event, 'process.start') ?? '') < (text(event, 'process.end') ?? '')).toBe(true)
    }
  })

  test('no address but documentation, private, loopback and link-local ones', () => {
    const known = /^(10\.20\.\d+\.\d+|127\.0\.0\.1|::1|169\.254\.\d+\.\d+|192\.0\.2\.\d+|198\.51\.100\.\d+|203\.0\.113\.\d+)$/
    for (const event of events) {
      for (const field of ['source.ip', 'destination.ip']) expect(text(event, field) ?? '127.0.0.1').toMatch(known)
    }
  })

  test('the intruder on the bastion has a terminal; cron and php-fpm have none', () => {
    const curls = events.filter((e) => action(e) === 'exec' && text(e, 'process.name') === 'curl')
    const tty = (e: EcsEvent) => text(e, 'process.tty.char_device.major')
    const of = (parent: string) => curls.filter((e) => text(e, 'process.parent.executable') === parent).map(tty)
    expect(of('/usr/bin/bash')).toEqual(Array.from({ length: 6 }, () => '136'))
    expect(of('/opt/backup/backup.sh')).toEqual(Array.from({ length: 5 }, () => undefined))
    expect(of('/usr/sbin/php-fpm8.1')).toEqual([undefined, undefined])
    const shell = events.find((e) => action(e) === 'exec' && text(e, 'process.args') === '-bash' && text(e, 'host.name') === 'bastion-01')
    expect(tty(shell!)).toBe('136')
  })
})

test.each(EXPECTED_ALERTS)('an exec and a connection for $host $connectedAt', (alert) => {
  const at = (e: EcsEvent) => text(e, '@timestamp') ?? ''
  const connection = events.find(
    (e) =>
      action(e) === 'connection_attempted' &&
      text(e, 'host.name') === alert.host &&
      at(e).startsWith(alert.connectedAt.slice(0, -1)),
  )
  const exec = events.find(
    (e) =>
      action(e) === 'exec' &&
      text(e, 'process.parent.entity_id') === text(connection, 'process.parent.entity_id') &&
      Date.parse(alert.connectedAt) - Date.parse(at(e)) === alert.gapMs,
  )
  expect(text(exec, 'process.command_line')).toContain(alert.command)
  expect(text(exec, 'process.parent.executable')).toBe(alert.parent)
  expect(text(exec, 'process.entity_id') === text(connection, 'process.entity_id')).toBe(alert.sameProcess)
  expect(text(exec, 'process.interactive')).toBe(String(alert.interactive))
})

describe('the bundled rule', () => {
  const rule = parse(readFileSync(new URL('../../rules/imds-unusual-request.toml', import.meta.url), 'utf8')) as { rule: { query: string } }
  const response = search({ query: rule.rule.query, tiebreaker_field: 'event.sequence', size: 100 }, events)

  test('raises exactly the alerts of the story', () => {
    const sequences = ('hits' in response && response.hits.sequences) || []
    const raised = sequences.map((sequence) => {
      const [exec, connection] = sequence.events.map((hit) => hit._source)
      const at = (e: EcsEvent | undefined) => `${(text(e, '@timestamp') ?? '').slice(0, 23)}Z`
      return {
        host: text(exec, 'host.name'),
        connectedAt: at(connection),
        gapMs: Date.parse(at(connection)) - Date.parse(at(exec)),
        parent: text(exec, 'process.parent.executable'),
        sameProcess: text(exec, 'process.entity_id') === text(connection, 'process.entity_id'),
        interactive: text(exec, 'process.interactive') === 'true',
      }
    })
    const expected = EXPECTED_ALERTS.map(({ host, connectedAt, gapMs, parent, sameProcess, interactive }) => ({
      host,
      connectedAt,
      gapMs,
      parent,
      sameProcess,
      interactive,
    }))
    const byTime = (a: { connectedAt: string }, b: { connectedAt: string }) => (a.connectedAt < b.connectedAt ? -1 : 1)
    expect(raised.toSorted(byTime)).toEqual(expected)
  })
})
