import { expect, test } from 'vitest'
import type { Checklist, ChecklistItemView } from '@/lib/triage/schema'
import { applyItemChange } from './optimistic-checklist'

const item = (key: string): ChecklistItemView => ({ key, text: key, evidence: [], state: null, note: '', actor: null, at: null })
const checklist: Checklist = {
  sections: [
    { section: 'investigation', counted: true, items: [item('a'), item('b')] },
    { section: 'response', counted: false, items: [item('c')] },
  ],
  done: 0,
  total: 2,
  followUps: 0,
}
const by = { actor: 'ann', at: '2026-11-21T10:00:00.000Z' }

test('counts what counts, keeps the note unless told otherwise, and takes both away', () => {
  const once = applyItemChange(checklist, { itemKey: 'a', state: 'done', note: 'n', ...by })
  expect(once).toMatchObject({ done: 1, total: 2, followUps: 0 })
  expect(applyItemChange(once, { itemKey: 'c', state: 'done', ...by }).done).toBe(1)
  const later = applyItemChange(once, { itemKey: 'a', state: 'follow_up', ...by })
  expect(later).toMatchObject({ done: 0, followUps: 1 })
  expect(later.sections[0]?.items[0]).toMatchObject({ note: 'n', actor: 'ann' })
  expect(applyItemChange(later, { itemKey: 'a', state: null, ...by })).toEqual(checklist)
})
