import { expect, test } from 'vitest'
import type { Upload } from './upload-store'
import { uploadsShown } from './uploads-shown'

function upload(at: number, phase: Upload['phase'], rejected = 0): Upload {
  const summary = phase === 'done' ? { importId: at, name: '', source: '', format: null, bytes: 0, records: 1, stored: 1, duplicates: 0, rejected, alerts: 0, seconds: 0, error: null, notes: [] } : null
  return { key: String(at), name: '', size: 1, phase, stored: 0, progress: null, rate: null, summary, rejects: [], problem: null, note: null }
}
const keys = (uploads: readonly Upload[]) => uploads.map(({ key }) => Number(key))

test('a short list is shown whole', () => {
  const uploads = [upload(1, 'done'), upload(2, 'sending'), upload(3, 'waiting')]
  expect(uploadsShown(uploads)).toEqual({ shown: uploads, earlier: 0, waiting: 0 })
})

test('of a long one the next in line, the newest that went well, and all that need a look', () => {
  const uploads = [
    ...Array.from({ length: 20 }, (_, i) => upload(i, 'done', i === 3 ? 7 : 0)),
    upload(20, 'failed'),
    upload(21, 'lost'),
    ...Array.from({ length: 30 }, (_, i) => upload(22 + i, 'waiting')),
  ]
  const { shown, earlier, waiting } = uploadsShown(uploads, 10)
  expect(keys(shown)).toEqual([3, 15, 16, 17, 18, 19, 20, 21, 22, 23])
  expect(earlier).toBe(14)
  expect(waiting).toBe(28)
})

test('what needs a look is shown even beyond the cap', () => {
  const uploads = Array.from({ length: 12 }, (_, i) => upload(i, 'failed'))
  expect(uploadsShown(uploads, 10).shown).toHaveLength(12)
})
