import { expect, test } from 'vitest'
import type { ExceptionImpact, HiddenAlert } from '@/lib/exceptions/schema'
import { alertsToken, effectVerdict, NOTHING_ACKNOWLEDGED } from './effect-verdict'

const hidden: HiddenAlert = { id: 7, status: 'closed', verdict: 'true_positive', ruleName: 'r', reason: 'curl asked', hostName: 'h', occurredAt: '2026-11-28T00:00:00Z', role: 'exec', cases: [] }
const impact: ExceptionImpact = {
  events: { matched: 2, scanned: 10, total: 10, truncated: false, sample: [] },
  alerts: { matched: 1, open: 1, acknowledged: 0, closed: { true_positive: 0, benign_true_positive: 0, false_positive: 0, test: 0, duplicate: 0 }, listed: [], scanned: 5, total: 5, truncated: false },
  cases: [],
  hides: { alerts: [], truncated: false },
  unknownFields: [],
  stages: [],
  warnings: [],
}
const of = (change: Partial<ExceptionImpact> = {}, rest: Partial<Parameters<typeof effectVerdict>[0]> = {}) =>
  effectVerdict({ isAsked: true, isEnabled: true, acknowledged: NOTHING_ACKNOWLEDGED, state: { impact: { ...impact, ...change }, isCurrent: true, failure: null }, ...rest })

test('it cannot be saved before the effect of what is entered is known', () => {
  expect(of({}, { isAsked: false })).toMatchObject({ tone: 'unknown', canSave: false })
  expect(of({}, { state: { impact, isCurrent: false, failure: null } })).toMatchObject({ tone: 'unknown', canSave: false })
  expect(of({}, { state: { impact: null, isCurrent: true, failure: 'no answer' } })).toMatchObject({ tone: 'unknown', canSave: false })
})

test('green with its count', () => {
  expect(of()).toMatchObject({ tone: 'good', canSave: true, text: 'Holds back 1 alert of 5, none a true positive.' })
})

test('red when it hides a true positive, until that one is ticked, and not for another', () => {
  const hides = { alerts: [hidden], truncated: false }
  expect(of({ hides })).toMatchObject({ tone: 'bad', canSave: false, hides: [hidden] })
  expect(of({ hides }, { acknowledged: { alerts: alertsToken([hidden]), fields: '' } })).toMatchObject({ tone: 'bad', canSave: true })
  expect(of({ hides: { alerts: [hidden, { ...hidden, id: 9 }], truncated: false } }, { acknowledged: { alerts: alertsToken([hidden]), fields: '' } }).canSave).toBe(false)
  expect(of({ hides }, { isEnabled: false })).toMatchObject({ tone: 'good', canSave: true })
})

test('a field that nothing has wants a tick; one that an event has does not', () => {
  const field = { field: 'acme.job', nearest: [], isStored: false, scanned: 10, truncated: false }
  expect(of({ unknownFields: [field] }).canSave).toBe(false)
  expect(of({ unknownFields: [field] }, { acknowledged: { alerts: '', fields: 'acme.job' } }).canSave).toBe(true)
  expect(of({ unknownFields: [{ ...field, isStored: true }] }).canSave).toBe(true)
})

test('amber with the first warning', () => {
  expect(of({ warnings: [{ code: 'generic_program', level: 'warn', text: 'bash runs anything.' }] })).toMatchObject({ tone: 'warn', canSave: true, text: expect.stringContaining('bash runs anything.') })
})
