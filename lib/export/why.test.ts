import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { explainAlert } from '@/lib/alerts/explain-alert'
import { EventReader } from '@/lib/db/event-reader'
import { imdsPair } from '@/lib/ecs/testing'
import { readRulePack } from '@/lib/rules/sync-bundled'
import { whyConditions } from './why'

const [rule] = readRulePack('rules')
// A query is explained from the alert's own records.
const NOTHING_STORED = { events: new EventReader(new Sqlite(':memory:').exec('CREATE TABLE event_block (id, format, codec, "index", bytes)')) }
const eventsOf = (pair: ReturnType<typeof imdsPair>) =>
  pair.map((event, position) => ({ position, role: 'other' as const, stage: position, eventId: position, sourceEventId: null, timestamp: '', deltaMs: 0, event, raw: '' }))

test('what held is told stage by stage, with the value it saw and the entry that decided', () => {
  const why = whyConditions(explainAlert(NOTHING_STORED, rule!, eventsOf(imdsPair({ name: 'python3.10' }))))
  expect(why.find((row) => row.decidedBy !== null && row.stage === 0)).toMatchObject({ decidedBy: '"python*"', fields: [{ field: 'process.name', value: 'python3.10' }] })
  expect(why.find((row) => row.text.startsWith('not process.working_directory'))?.fields).toEqual([{ field: 'process.working_directory', value: '/home/ubuntu' }])
  expect(why.filter((row) => row.stage === 1).map((row) => row.fields[0]?.field)).toEqual(['event.category', 'host.os.type', 'event.action', 'destination.ip'])
})

test('where it cannot be told the list is empty', () => {
  expect(whyConditions({ ok: false, message: 'no' })).toEqual([])
  expect(whyConditions(explainAlert(NOTHING_STORED, rule!, []))).toEqual([])
})
