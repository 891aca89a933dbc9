import { existsSync, readFileSync } from 'node:fs'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, test } from 'vitest'

import { search } from './search'

/**
 * The suites of others under ../shared, when they are there: Elasticsearch's own queries, the older dialect's, and a third of
 * a public rule corpus. Nothing of them is copied here; what differs on purpose is listed with its reason.
 */
const SHARED = '../shared/vectors'
const present = existsSync(`${SHARED}/eql`)

interface Vector {
  readonly name?: string
  readonly query: string
  readonly expected_event_ids?: readonly number[]
  readonly case_sensitive?: boolean
  readonly case_insensitive?: boolean
}

type Row = Record<string, unknown> & { serial_event_id: number; timestamp: number }

function read(path: string): string {
  return readFileSync(`${SHARED}/${path}`, 'utf8')
}

function queries(path: string): readonly Vector[] {
  return (parseToml(read(path)) as unknown as { queries: Vector[] }).queries
}

function endgameEvents(): readonly Row[] {
  const rows = JSON.parse(read('eql/endgame/test_data.json')) as Row[]
  return rows.map((row) => ({ ...row, '@timestamp': row.timestamp / 10_000 - 11_644_473_600_000 }))
}

function idsOf(query: string, events: readonly Row[]): readonly number[] | string {
  const result = search({ query, event_category_field: 'event_type', tiebreaker_field: 'serial_event_id', size: 50 }, events)
  if ('error' in result) return `${result.error.line}:${result.error.column} ${result.error.reason}`
  const hits = result.hits.events ?? result.hits.sequences?.flatMap((s) => s.events) ?? []
  return hits.map((h) => ('_source' in h ? (h._source as Row).serial_event_id : -1))
}

describe.skipIf(!present)('Elasticsearch event and sequence vectors', () => {
  const events = present ? endgameEvents() : []
  for (const file of ['test_queries_active', 'additional_test_queries', 'test_between_queries', 'test_queries_date']) {
    const vectors = present ? queries(`eql/elasticsearch/${file}.toml`) : []
    test.each(vectors.map((v, i) => [v.name ?? `${file} ${i + 1}`, v] as const))(`${file}: %s`, (_, vector) => {
      expect(idsOf(vector.query, events)).toEqual(vector.expected_event_ids ?? [])
    })
  }
})

