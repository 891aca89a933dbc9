import { describe, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import type { AlertDetail } from '@/lib/alerts/schema'
import type { EcsEvent } from '@/lib/ecs/event'
import { eventRole } from '@/lib/ecs/event-role'
import { execEvent, imdsPair, networkEvent } from '@/lib/ecs/testing'
import { parseRuleToml } from '@/lib/rules/parse-toml'
import { buildChecklist } from './build-checklist'
import { parseGuide } from './parse-guide'
import { suspicionOf } from './suspicion'

function alertOf(events: readonly EcsEvent[], fields: Partial<AlertDetail> = {}): AlertDetail {
  return {
    id: 7, ruleId: 'r', ruleName: 'Rule', severity: 'medium', riskScore: 47, status: 'open', verdict: null, reason: 'because', hostId: 'h', hostName: 'web-01',
    processName: null, parentExecutable: null, userName: null, imds: null, assignee: null, occurredAt: '', createdAt: '', updatedAt: '', checklistDone: 0, checklistTotal: 0,
    overCap: false, truncated: [], retractedAt: null, caseIds: [], keys: {}, ruleVersionId: 1, kinship: 'same_process', history: [], missingEvents: 0, recordsRemovedAt: null,
    events: events.map((event, position) => ({ position, role: eventRole(event), stage: position, eventId: position, sourceEventId: null, timestamp: '', deltaMs: 0, event, raw: '' })),
    ...fields,
  }
}

const NOTE = '## Investigation\n- Look at `process.executable` and `destination.ip`.\n- Weigh `kibana.alert.severity` and `kibana.alert.risk_score`.\n- Others on `host.id`?\n## Response\n- Isolate.\n'
const guide = parseGuide(NOTE)
const build = (events: readonly EcsEvent[], extra: Partial<Parameters<typeof buildChecklist>[0]> = {}) =>
  buildChecklist({ alert: alertOf(events), guide, states: [], otherAlertsOfHost: 2, ...extra })

describe('buildChecklist', () => {
  test('each step has the evidence it asks for, record by record', () => {
    const [investigation] = build([execEvent({ executable: '/tmp/.x/kworkerd' }), networkEvent({ executable: '/usr/bin/curl' })]).sections
    expect(investigation?.items[0]?.evidence).toEqual([
      {
        field: 'process.executable',
        values: [
          { records: ['exec'], values: ['/tmp/.x/kworkerd'], flag: 'Under /tmp, where every user can write.' },
          { records: ['network'], values: ['/usr/bin/curl'], flag: null },
        ],
        link: null,
      },
      { field: 'destination.ip', values: [{ records: ['network'], values: ['169.254.169.254'], flag: 'A metadata service: it hands out credentials.' }], link: null },
    ])
  })

  test('records that agree stand together; a field nobody has says nothing', () => {
    const [investigation] = build([...imdsPair(), execEvent()]).sections
    expect(investigation?.items[0]?.evidence[0]?.values).toEqual([{ records: ['exec', 'network'], values: ['/usr/bin/curl'], flag: null }])
    expect(build([execEvent()]).sections[0]?.items[0]?.evidence[1]?.values).toEqual([])
  })

  test("the alert's own fields, and the way to the other alerts of its host", () => {
    const [investigation] = build(imdsPair()).sections
    expect(investigation?.items[1]?.evidence.map(({ values }) => values)).toEqual([
      [{ records: [], values: ['medium'], flag: null }],
      [{ records: [], values: ['47'], flag: null }],
    ])
    expect(investigation?.items[2]?.evidence[0]?.link).toEqual({ href: '/alerts?status=all&host=h', text: '2 other alerts of web-01' })
    expect(build([], { otherAlertsOfHost: 0 }).sections[0]?.items[2]?.evidence[0]?.link?.text).toBe('No other alert of web-01')
  })

  test('progress counts the investigation, and the response of a true positive', () => {
    const state = (at: number, given: 'done' | 'follow_up' | 'not_applicable') => ({ itemKey: guide[at]?.key ?? '', state: given, note: 'n', actor: 'ann', at: 'T' })
    const states = [state(0, 'done'), state(1, 'follow_up'), state(3, 'not_applicable')]
    expect(build(imdsPair(), { states })).toMatchObject({ done: 1, total: 3, followUps: 1 })
    const attack = buildChecklist({ alert: alertOf(imdsPair(), { verdict: 'true_positive' }), guide, states, otherAlertsOfHost: 0 })
    expect(attack).toMatchObject({ done: 2, total: 4 })
    expect(attack.sections.map(({ section, counted }) => [section, counted])).toEqual([['investigation', true], ['response', true]])
    expect(attack.sections[0]?.items[0]).toMatchObject({ state: 'done', note: 'n', actor: 'ann', at: 'T' })
  })

  test('the bundled guide: every field it names has evidence in an alert of the rule', () => {
    const rule = parseRuleToml(readFileSync('rules/imds-unusual-request.toml', 'utf8'), 'imds')
    const checklist = build(imdsPair({ workingDirectory: '/tmp' }), { guide: parseGuide(rule.note) })
    const asked = checklist.sections.flatMap(({ items }) => items.flatMap((item) => item.evidence))
    expect(asked.length).toBeGreaterThan(10)
    expect(asked.filter((evidence) => evidence.values.length === 0)).toEqual([])
    expect(asked.find(({ field }) => field === 'process.working_directory')?.values[0]?.flag).toMatch(/\/tmp/)
    expect(checklist).toMatchObject({ done: 0, total: 6 })
  })

  test('nothing of an attacker can make it fail', () => {
    const odd = execEvent({ fields: { 'process.executable': [{ a: 1 }, null, 'x'], 'process.parent': 'text', 'host.id': ['a', 'b'] } })
    expect(build([odd]).sections[0]?.items[0]?.evidence[0]?.values[0]?.values).toEqual(['{"a":1}', 'x'])
  })
})

describe('suspicionOf', () => {
  test.each([
    ['process.executable', '/dev/shm/.m', /dev\/shm/],
    ['process.executable', './kworkerd', /relative/],
    ['process.executable', '/tmpfiles/x', null],
    ['process.working_directory', '/var/tmp', /var\/tmp/],
    ['process.parent.executable', '/usr/sbin/php-fpm8.1', /web server/],
    ['process.parent.executable', '/usr/sbin/nginx', /web server/],
    ['process.parent.executable', '/usr/bin/dash', /shell/],
    ['process.parent.executable', '/opt/backup/backup.sh', null],
    ['process.parent.name', 'zsh', /shell/],
    ['process.name', 'kworkerd', /kernel thread/],
    ['destination.ip', '10.0.0.1', null],
    ['user.name', 'root', null],
  ] as const)('%s %s', (field, value, reason) => {
    expect(suspicionOf(field, value, {}) ?? '').toMatch(reason ?? /^$/)
  })

  test.each([
    ['curl http://169.254.169.254/latest/meta-data/iam/security-credentials/web', 'Asks for the credentials of web.'],
    ['curl http://169.254.169.254/latest/user-data', 'Asks for the user data, which often holds secrets.'],
    ['curl http://169.254.169.254/latest/meta-data/instance-id', null],
  ])('%s', (commandLine, reason) => {
    expect(suspicionOf('process.command_line', commandLine, execEvent({ commandLine }))).toBe(reason)
  })
})
