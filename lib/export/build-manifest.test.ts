import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildChecksums, buildManifest, isSafePath, sha256 } from './build-manifest'
import { manifestSchema } from './schema'
import type { ManifestFile } from './schema'

const FACTS = {
  exporter: { name: 'linklocal', version: '1.2.3' },
  case_id: 'C-7',
  case_title: 'Ünïcode “title” \u202e',
  created_at: '2026-11-21T19:00:00.000Z',
  created_by: 'local analyst',
  tlp: 'TLP:AMBER',
  redactions: [],
  counts: { notes: 1, alerts: 2 },
}

const segment = fc.stringMatching(/^[A-Za-z0-9_@+-][A-Za-z0-9_.@+-]{0,20}$/)
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
const file = fc.record({
  path,
  bytes: fc.nat(),
  sha256: fc.uint8Array().map((bytes) => sha256(bytes)),
  media_type: fc.constant('application/json'),
  role: fc.constant('case' as const),
})
const files: fc.Arbitrary<ManifestFile[]> = fc.uniqueArray(file, { selector: (f) => f.path.toLowerCase(), maxLength: 20 })

test('the order in which files were made does not show, and what is written reads back', () => {
  fc.assert(
    fc.property(files, fc.nat(), (list, seed) => {
      const shuffled = list.map((f, i) => ({ f, rank: Math.imul(i + 1, seed | 1) })).sort((a, b) => a.rank - b.rank).map(({ f }) => f)
      const text = buildManifest(FACTS, list)
      expect(buildManifest(FACTS, shuffled)).toBe(text)
      expect(buildChecksums(text, shuffled)).toBe(buildChecksums(text, list))
      const manifest = manifestSchema.parse(JSON.parse(text))
      expect(manifest.files.map((f) => f.path)).toEqual(list.map((f) => f.path).sort())
      expect(new Set(manifest.files.map((f) => f.sha256))).toEqual(new Set(list.map((f) => f.sha256)))
    }),
  )
})

test('the list of digests has one line a file and the manifest, sorted, as sha256sum writes them', () => {
  fc.assert(
    fc.property(files, (list) => {
      const text = buildManifest(FACTS, list)
      const lines = buildChecksums(text, list).split('\n')
      expect(lines.pop()).toBe('')
      expect(lines).toHaveLength(list.length + 1)
      expect(lines).toContain(`${sha256(text)}  manifest.json`)
      for (const line of lines) expect(line).toMatch(/^[0-9a-f]{64} {2}\S+$/)
      const paths = lines.map((line) => line.slice(66))
      expect(paths).toEqual([...paths].sort())
    }),
  )
})

test('any change of a file changes the manifest', () => {
  fc.assert(
    fc.property(files, file, (list, other) => {
      fc.pre(list.length > 0 && list.every((f) => f.path.toLowerCase() !== other.path.toLowerCase()))
      const text = buildManifest(FACTS, list)
      expect(buildManifest(FACTS, [...list, other])).not.toBe(text)
      expect(buildManifest(FACTS, list.slice(1))).not.toBe(text)
      expect(buildManifest(FACTS, [{ ...list[0]!, bytes: list[0]!.bytes + 1 }, ...list.slice(1)])).not.toBe(text)
    }),
  )
})

test.each(['../x', 'a/../b', '/etc/passwd', 'a//b', 'a/', './a', 'a/.', '..', 'C:/x', 'a\\b', 'a b', 'a\nb', 'é', '', 'x'.repeat(241)])(
  'a path that is unsafe anywhere is refused: %j',
  (unsafe) => {
    expect(isSafePath(unsafe)).toBe(false)
    expect(() => buildManifest(FACTS, [{ path: unsafe, bytes: 0, sha256: sha256(''), media_type: 'x', role: 'case' }])).toThrow('unsafe path')
  },
)

test.each([['a.json', 'A.json'], ['a.json', 'a.json'], ['MANIFEST.json', 'b']])('names that collide are refused: %s, %s', (one, two) => {
  const entry = { bytes: 0, sha256: sha256(''), media_type: 'x', role: 'case' } as const
  expect(() => buildManifest(FACTS, [{ path: one, ...entry }, { path: two, ...entry }])).toThrow('path taken twice')
})
