import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha256 } from './build-manifest'
import { heldFile, jsonFile } from './export-file'
import type { ExportFile } from './export-file'
import { rezip, unzip, zipOf } from './testing'
import { verifyZip } from './verify-zip'
import { zipStream } from './write-zip'

const LARGE = Buffer.concat([Buffer.from('{"a":1}\n'.repeat(40_000)), randomBytes(100_000)])
const FILES: readonly ExportFile[] = [
  jsonFile('case.json', 'case', { title: 'Test' }),
  heldFile('events.jsonl', 'evidence', 'application/x-ndjson', '{"a":1}\n{"b":2}\n'),
  heldFile('rules/r-1.json', 'rule', 'application/json', '{}'),
  heldFile('empty.txt', 'readme', 'text/plain', ''),
  // Read in pieces, as records of a database are.
  { path: 'events/large.json', role: 'evidence', mediaType: 'application/json', read: () => [LARGE.subarray(0, 70_000), LARGE.subarray(70_000)] },
]
const ZIP = await zipOf(FILES)
const ENTRIES = await unzip(ZIP)

const kinds = async (zip: Buffer) => (await verifyZip(zip)).problems.map(({ kind, path }) => `${kind} ${path}`)

test('what was exported verifies, and so does the same packed again by another program', async () => {
  const report = await verifyZip(ZIP)
  expect(report).toMatchObject({ ok: true, problems: [], filesChecked: 7, zipSha256: sha256(ZIP), manifest: { case_id: 'C-1' } })
  expect(await kinds(await rezip(ENTRIES))).toEqual([])
})

test('the same files give the same bytes, in whatever order they were made', async () => {
  expect(sha256(await zipOf([...FILES].reverse()))).toBe(sha256(ZIP))
})

test('entries are sorted and carry no time of their own', async () => {
  expect(ENTRIES.map(([name]) => name)).toEqual(ENTRIES.map(([name]) => name).sort())
  // The DOS time of each local header: noon of 1 January 1980.
  for (let at = ZIP.indexOf('PK\u0003\u0004', 0, 'latin1'), n = 0; n < 3; n++) {
    expect(ZIP.readUInt32LE(at + 10)).toBe(0x00216000)
    at = ZIP.indexOf('PK\u0003\u0004', at + 4, 'latin1')
  }
})

for (const [index, [name, bytes]] of ENTRIES.entries()) {
  const path = name.replace(/^case-1\//, '')
  const others = ENTRIES.filter((_, i) => i !== index)
  const named = async (zip: Buffer) => (await verifyZip(zip)).problems.map((problem) => problem.path)

  test(`${path}: a flipped bit is named`, async () => {
    const flipped = bytes.length === 0 ? Buffer.from('x') : Buffer.from(bytes)
    flipped[flipped.length >> 1]! ^= 1
    expect(await named(await rezip([...others, [name, flipped]]))).toContain(path)
  })
  test(`${path}: a byte more is named`, async () => {
    expect(await named(await rezip([...others, [name, Buffer.concat([bytes, Buffer.from('\n')])]]))).toContain(path)
  })
  test(`${path}: removing it is named`, async () => {
    expect(await named(await rezip(others))).toContain(path)
  })
  test(`${path}: renaming it names both`, async () => {
    const paths = await named(await rezip([...others, [`${name}.bak`, bytes]]))
    expect(paths).toContain(path)
    expect(paths).toContain(`${path}.bak`)
  })
  test(`${path}: a second one of its name is named`, async () => {
    expect(await kinds(await rezip([...ENTRIES, [name, bytes]]))).toEqual([`duplicate ${name}`])
  })
}

test('what was added is named, in the folder and beside it', async () => {
  expect(await kinds(await rezip([...ENTRIES, ['case-1/notes/extra.txt', Buffer.from('x')], ['evil.sh', Buffer.from('x')]]))).toEqual([
    'extra evil.sh',
    'extra notes/extra.txt',
  ])
})

test('two changes are both named', async () => {
  const zip = await rezip(ENTRIES.map(([name, bytes]) => [name, /case\.json|empty/.test(name) ? Buffer.from('changed') : bytes]))
  expect(await kinds(zip)).toEqual(['changed case.json', 'changed empty.txt'])
})

/** Writes over a name of equal length where it stands, in the directory and in front of the bytes. */
function renameInPlace(zip: Buffer, from: string, to: string, { first = true, last = true } = {}): Buffer {
  expect(to).toHaveLength(from.length)
  const copy = Buffer.from(zip)
  if (first) copy.write(to, copy.indexOf(from), 'latin1')
  if (last) copy.write(to, copy.lastIndexOf(from), 'latin1')
  return copy
}

test.each([
  ['case-1/empty.txt', '../../1/evil.txt'],
  ['case-1/empty.txt', '/etc/cron.d/evil'],
  ['case-1/empty.txt', 'case-1/..\\e.evil'],
  ['case-1/empty.txt', 'case-1/e\u0007pty.txt'],
])('a path that would leave the folder is named: %s as %s', async (from, to) => {
  const problems = (await verifyZip(renameInPlace(ZIP, from, to))).problems
  expect(problems.map((problem) => problem.kind)).toContain('unsafe_path')
  expect(problems.map((problem) => problem.kind)).toContain('missing')
})

test('a name that differs in front of the bytes is damage', async () => {
  expect(await kinds(renameInPlace(ZIP, 'case-1/empty.txt', 'case-1/EMPTY.txt', { last: false }))).toEqual(['damaged case-1/empty.txt'])
})

test('names that differ in case alone are named', async () => {
  expect(await kinds(await rezip([...ENTRIES, ['case-1/CASE.json', Buffer.from('{}')]]))).toContain('duplicate case-1/CASE.json')
})

test('a symbolic link is not a file', async () => {
  expect(await kinds(await rezip(ENTRIES, 0o120777))).toContain('not_a_file case-1/case.json')
})

test('a ZIP that is cut, damaged or none says so, and nothing throws', async () => {
  for (const zip of [ZIP.subarray(0, ZIP.length - 30), ZIP.subarray(0, 100), Buffer.alloc(0), Buffer.from('hello')]) {
    const report = await verifyZip(zip)
    expect(report.ok).toBe(false)
    expect(report.problems[0]?.kind).toBe('damaged')
  }
})

test('bytes hidden between, before and behind the files are damage', async () => {
  expect(await kinds(Buffer.concat([ZIP, Buffer.from('tail')]))).toContain('damaged ')
  const end = ZIP.length - 22
  const commented = Buffer.concat([ZIP, Buffer.from('note')])
  commented.writeUInt16LE(4, end + 20)
  expect(await kinds(commented)).toEqual(['damaged '])
})

test('any single flipped bit of the ZIP itself is noticed or harmless to every reader', async () => {
  // What may pass is in fields that no reader of the data uses: versions, times, what is said twice.
  const digests = (entries: readonly (readonly [string, Buffer])[]) => entries.map(([name, bytes]) => `${name} ${sha256(bytes)}`).join()
  const places = Array.from({ length: ZIP.length }, (_, at) => at).filter((at) => at % 499 === 0 || (at > ZIP.length - 700 && at % 5 === 0))
  const unnoticed: string[] = []
  for (const at of places) {
    const copy = Buffer.from(ZIP)
    copy[at]! ^= 0x10
    if ((await verifyZip(copy)).ok) unnoticed.push(digests(await unzip(copy)))
  }
  expect(new Set(unnoticed)).toEqual(new Set([digests(ENTRIES)]))
  expect(unnoticed.length).toBeLessThan(places.length / 4)
})

test('a forged export with a manifest of its own is told by a digest kept elsewhere', async () => {
  const forged = await zipOf([jsonFile('case.json', 'case', { title: 'Nothing happened' })])
  expect((await verifyZip(forged)).ok).toBe(true)
  const kept = (await verifyZip(ZIP)).manifestSha256!
  expect((await verifyZip(ZIP, { expect: kept })).ok).toBe(true)
  expect((await verifyZip(ZIP, { expect: sha256(ZIP).toUpperCase() })).ok).toBe(true)
  expect((await verifyZip(forged, { expect: kept })).problems.map((problem) => problem.kind)).toEqual(['unexpected_digest'])
  expect((await verifyZip(ZIP, { expect: 'null' })).ok).toBe(false)
})

test('a file that changes between its digest and its writing fails the export', async () => {
  let reads = 0
  const moving: ExportFile = { path: 'a.txt', role: 'readme', mediaType: 'text/plain', read: () => [Buffer.from(reads++ === 0 ? 'one' : 'two')] }
  await expect(zipOf([moving])).rejects.toThrow('a.txt changed while it was exported')
})

test('a reader that goes away stops the export', async () => {
  let reads = 0
  const endless: ExportFile = {
    path: 'a.txt',
    role: 'readme',
    mediaType: 'text/plain',
    *read() {
      for (; reads < 10_000; reads++) yield randomBytes(64 * 1024)
    },
  }
  const described = [{ path: 'a.txt', bytes: 10_000 * 64 * 1024, sha256: '0'.repeat(64), media_type: 'text/plain', role: 'readme' as const }]
  const stream = zipStream({ folder: 'case-1', files: [endless], described, manifest: '{}', checksums: '' })
  for await (const _ of stream) break
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(stream.destroyed).toBe(true)
  expect(reads).toBeLessThan(1000)
})
