import { expect, test } from 'vitest'
import { LIMITS } from '@/lib/limits'
import { draftKey, draftsToForget, readDraft, writeDraft } from './kept-drafts'

const at = (second: number) => new Date(Date.UTC(2026, 10, 3, 10, 0, second))

test('a draft is read as it was written', () => {
  expect(readDraft(writeDraft('half a "note"\n', at(1)))).toEqual({ text: 'half a "note"\n', at: '2026-11-03T10:00:01.000Z' })
})

test.each([undefined, '', 'text', 'null', '[]', '{"text":3,"at":"x"}', '{"text":"x"}'])('%j is no draft', (stored) => {
  expect(readDraft(stored)).toBeNull()
})

test('beyond the cap the oldest are forgotten, and nothing that is no draft', () => {
  const drafts = Array.from({ length: LIMITS.draftsKept + 2 }, (_, i) => [draftKey(`alert A-${i} note`), writeDraft('x', at(i % 60))] as const)
  const oldest = draftsToForget([['ll-time-zone', 'local'], [draftKey('of another version'), 'x'], ...drafts])
  expect(oldest).toHaveLength(3)
  expect(oldest[0]).toBe(draftKey('of another version'))
  expect(oldest.every((key) => key.startsWith(draftKey('')))).toBe(true)
  expect(draftsToForget(drafts.slice(0, LIMITS.draftsKept))).toEqual([])
})
