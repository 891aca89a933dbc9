import { randomBytes } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sha256 } from './build-manifest'
import { heldFile, jsonFile } from './export-file'
import type { ExportFile } from './export-file'
import { packedElsewhere, rezip, unzip, zipOf } from './testing'
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

test('what was exported verifies', async () => {
  const report = await verifyZip(ZIP)
  expect(report).toMatchObject({ ok: true, problems: [], filesChecked: 8, zipSha256: sha256(ZIP), packedChecked: true, manifest: { case_id: 'C-1' } })
  // What the tests below change is put together as the export was.
  expect(sha256(await rezip(ENTRIES))).toBe(sha256(ZIP))
})

test('other programs read it', async () => {
  expect(ENTRIES.map(([name, bytes]) => [name, bytes.length])).toContainEqual(['case-1/events/large.json', LARGE.length])
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'linklocal-zip-')), 'x.zip')
  writeFileSync(file, ZIP)
  expect((await verifyZip(file)).problems).toEqual([])
  const python = spawnSync('python3', ['-m', 'zipfile', '-t', file], { encoding: 'utf8' })
  expect(python.error === undefined ? python.stdout.trim() : 'Done testing').toBe('Done testing')
  rmSync(path.dirname(file), { recursive: true })
})

test('the same files packed by another program are not the export, and what differs is named', async () => {
  const { ok, problems } = await verifyZip(await packedElsewhere(ENTRIES))
  expect(ok).toBe(false)
  expect(problems.map(({ path: name }) => name)).toEqual(expect.arrayContaining(ENTRIES.map(([name]) => name)))
  expect(problems[0]?.message).toMatch(/an extra field 0x5455 of 5 bytes; a time of its own/)
})

test('an export of an earlier version, without the list of how it is packed, verifies and says so', async () => {
  const sorted = ENTRIES.filter(([name]) => !name.endsWith('/zip.sha256')).sort(([a], [b]) => (a < b ? -1 : 1))
  const earlier = await packedElsewhere(sorted, { mtime: new Date(1980, 0, 1, 12), mode: 0o100644, compressionLevel: 6, forceDosTimestamp: true })
  expect(await verifyZip(earlier)).toMatchObject({ ok: true, packedChecked: false })
})

test('the same files give the same bytes, in whatever order they were made', async () => {
  expect(sha256(await zipOf([...FILES].reverse()))).toBe(sha256(ZIP))
})

test('entries are sorted, the lists last, and carry no time of their own', async () => {
  const names = ENTRIES.map(([name]) => name)
  expect(names.slice(0, -3)).toEqual(names.slice(0, -3).sort())
  expect(names.slice(-3)).toEqual(['case-1/manifest.json', 'case-1/manifest.sha256', 'case-1/zip.sha256'])
  // The DOS time of each local header: noon of 1 January 1980.
  for (let at = ZIP.indexOf('PK\u0003\u0004', 0, 'latin1'), n = 0; n < 3; n++) {
    expect(ZIP.readUInt32LE(at + 10)).toBe(0x00216000)
    at = ZIP.indexOf('PK\u0003\u0004', at + 4, 'latin1')
  }
})

for (const [index, [name, bytes]] of ENTRIES.entries()) {
  const file = name.replace(/^case-1\//, '')
  const others = ENTRIES.filter((_, i) => i !== index)
  const named = async (zip: Buffer) => (await verifyZip(zip)).problems.map((problem) => problem.path)

  test(`${file}: a flipped bit is named`, async () => {
    const flipped = bytes.length === 0 ? Buffer.from('x') : Buffer.from(bytes)
    flipped[flipped.length >> 1]! ^= 1
    expect(await named(await rezip([...others, [name, flipped]]))).toContain(file)
  })
  test(`${file}: a byte more is named`, async () => {
    expect(await named(await rezip([...others, [name, Buffer.concat([bytes, Buffer.from('\n')])]]))).toContain(file)
  })
  test(`${file}: removing it is named`, async () => {
    expect(await named(await rezip(others))).toContain(file)
  })
  test(`${file}: renaming it names both`, async () => {
    const paths = await named(await rezip([...others, [`${name}.bak`, bytes]]))
    expect(paths).toContain(file)
    expect(paths).toContain(`${file}.bak`)
  })
  test(`${file}: a second one of its name is named`, async () => {
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

const SMALL = await zipOf([jsonFile('case.json', 'case', { title: 'Test' }), heldFile('events.jsonl', 'evidence', 'application/x-ndjson', '{"a":1}\n{"b":2}\n'.repeat(40)), heldFile('empty.txt', 'readme', 'text/plain', '')])
const END = ZIP.length - 22
const DIRECTORY = ZIP.readUInt32LE(END + 16)

/** The directory's records with their places. */
function records(zip: Buffer): { at: number; name: string; local: number; length: number }[] {
  const found = []
  const end = zip.lastIndexOf('PK\u0005\u0006', undefined, 'latin1')
  for (let at = zip.readUInt32LE(end + 16); at < end; ) {
    const length = 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
    found.push({ at, name: zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)), local: zip.readUInt32LE(at + 42), length })
    at += length
  }
  return found
}

const at16 = (zip: Buffer, at: number, value: number) => (zip.writeUInt16LE(value, at), zip)
const at32 = (zip: Buffer, at: number, value: number) => (zip.writeUInt32LE(value, at), zip)

/** Puts bytes somewhere and mends every offset, as somebody would who knows ZIP. */
function insert(place: number, bytes: Buffer, { inDirectory = false, mend = (zip: Buffer) => zip } = {}): Buffer {
  const zip = Buffer.concat([ZIP.subarray(0, place), bytes, ZIP.subarray(place)])
  const end = END + bytes.length
  if (inDirectory) at32(zip, end + 12, zip.readUInt32LE(end + 12) + bytes.length)
  else if (place <= DIRECTORY) {
    at32(zip, end + 16, DIRECTORY + bytes.length)
    for (const record of records(ZIP)) if (record.local >= place) at32(zip, record.at + bytes.length + 42, record.local + bytes.length)
  }
  return mend(zip)
}

const extra = (id: number, value: Buffer) => Buffer.concat([at16(at16(Buffer.alloc(4), 0, id), 2, value.length), value])
const LAST = records(ZIP).at(-1)!
const FIRST = records(ZIP)[0]!
const LARGE_RECORD = records(ZIP).find(({ name }) => name.endsWith('large.json'))!
const UNICODE_PATH = extra(0x7075, Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), Buffer.from('../../evil')]))
const COMMENT = Buffer.from('look here')
const recordEnd = LAST.at + LAST.length

test.each<[string, Buffer, RegExp]>([
  ['bytes behind the end', Buffer.concat([ZIP, Buffer.from('tail')]), /4 bytes stand behind its end record/],
  ['a comment of the ZIP', at16(Buffer.concat([ZIP, COMMENT]), END + 20, COMMENT.length), /a comment of 9 bytes/],
  ['a comment of an entry', insert(recordEnd, COMMENT, { inDirectory: true, mend: (zip) => at16(zip, LAST.at + 32, COMMENT.length) }), /a comment of 9 bytes/],
  ['an extra field of an entry', insert(recordEnd, extra(0x9901, Buffer.from('xyz')), { inDirectory: true, mend: (zip) => at16(zip, LAST.at + 30, 7) }), /an extra field 0x9901 of 3 bytes/],
  ['a Unicode path', insert(recordEnd, UNICODE_PATH, { inDirectory: true, mend: (zip) => at16(zip, LAST.at + 30, UNICODE_PATH.length) }), /a Unicode path field that names it \.\.\/\.\.\/evil/],
  [
    'an extra field in front of the bytes',
    insert(30 + FIRST.name.length, extra(0x9901, Buffer.from('xyz')), { mend: (zip) => at16(zip, 28, 7) }),
    /an extra field 0x9901 of 3 bytes in front of its bytes/,
  ],
  ['bytes before the first file', insert(0, Buffer.from('MZ#!')), /4 bytes at 0 belong to no file/],
  ['bytes prepended without a change', Buffer.concat([Buffer.from('#!/bin/sh\n'), ZIP]), /10 bytes stand in front of it/],
  ['bytes between two files', insert(records(ZIP)[1]!.local, Buffer.from('gap')), /3 bytes at \d+ belong to no file/],
  ['bytes before the directory', insert(DIRECTORY, Buffer.from('gap')), /3 bytes at \d+ belong to no file/],
  ['bytes between directory and end', insert(END, Buffer.from('gap')), /3 bytes stand in front of it or of its end record/],
  ['bytes inside of the directory', insert(END, Buffer.from('gap'), { inDirectory: true }), /3 bytes of its directory belong to no entry/],
  ['two end records', Buffer.concat([ZIP, ZIP.subarray(END)]), /22 bytes stand in front of it or of its end record/],
  ['a second ZIP in front', Buffer.concat([ZIP, ZIP]), new RegExp(`${ZIP.length} bytes stand in front of it`)],
  ['a directory too few', at16(at16(Buffer.from(ZIP), END + 8, 7), END + 10, 7), /counts 7 entries; its directory has 8/],
  ['another disk', at16(Buffer.from(ZIP), END + 4, 1), /several disks/],
  ['the end records of a ZIP64', insert(END, Buffer.concat([Buffer.alloc(56), at32(Buffer.alloc(20), 0, 0x07064b50)])), /the end records of a ZIP64/],
  ['a directory that a ZIP64 places', at32(Buffer.from(ZIP), END + 16, 0xffffffff), /where a ZIP64 says/],
  ['another version', at16(Buffer.from(ZIP), FIRST.at + 6, 45), /version 0x002d needed/],
  ['another maker', at16(Buffer.from(ZIP), FIRST.at + 4, 0x0014), /made by 0x0014/],
  ['flags', at16(Buffer.from(ZIP), FIRST.at + 8, 0x080a), /flags 0x080a/],
  ['a method', at16(Buffer.from(ZIP), FIRST.at + 10, 12), /compression method 12/],
  ['a time', at16(Buffer.from(ZIP), FIRST.at + 12, 0x6001), /a time of its own/],
  ['internal attributes', at16(Buffer.from(ZIP), FIRST.at + 36, 1), /internal attributes 0x0001/],
  ['attributes', at32(Buffer.from(ZIP), FIRST.at + 38, 0o100755 * 0x10000), /attributes 0x81ed0000/],
  ['a time in front of the bytes alone', at16(Buffer.from(ZIP), FIRST.local + 10, 0x6001), /the header in front of its bytes differs/],
])('%s is named', async (_what, zip, message) => {
  const report = await verifyZip(zip)
  expect(report.ok).toBe(false)
  expect(report.problems.map((problem) => problem.message).join('\n')).toMatch(message)
})

test('bytes behind a deflate stream, inside of its span, are named', async () => {
  const start = LARGE_RECORD.local + 30 + LARGE_RECORD.name.length
  const packed = ZIP.readUInt32LE(LARGE_RECORD.at + 20)
  const zip = insert(start + packed, Buffer.from('hidden'))
  at32(zip, LARGE_RECORD.at + 6 + 20, packed + 6)
  at32(zip, start + packed + 6 + 8, packed + 6)
  const { problems } = await verifyZip(zip)
  expect(problems.map((problem) => problem.message).join()).toContain('6 bytes stand behind the end of its compressed bytes')
})

test('the same contents compressed otherwise are named', async () => {
  const bytes = ENTRIES.find(([name]) => name.endsWith('large.json'))![1]
  const other = deflateRawSync(bytes, { level: 1 })
  const start = LARGE_RECORD.local + 30 + LARGE_RECORD.name.length
  const packed = ZIP.readUInt32LE(LARGE_RECORD.at + 20)
  const change = other.length - packed
  const zip = Buffer.concat([ZIP.subarray(0, start), other, ZIP.subarray(start + packed)])
  at32(zip, start + other.length + 8, other.length)
  at32(zip, LARGE_RECORD.at + change + 20, other.length)
  at32(zip, END + change + 16, DIRECTORY + change)
  for (const record of records(ZIP)) if (record.local > LARGE_RECORD.local) at32(zip, record.at + change + 42, record.local + change)
  expect(await kinds(zip)).toEqual(['repacked events/large.json'])
})

test('a list that is left out or packed is named', async () => {
  expect(await kinds(await rezip(ENTRIES.filter(([name]) => !name.endsWith('zip.sha256'))))).toEqual(['missing zip.sha256'])
})

test('a ZIP that is cut anywhere is not the export, and nothing throws', async () => {
  for (let length = SMALL.length - 1; length >= 0; length -= 1 + (length % 7)) {
    const report = await verifyZip(SMALL.subarray(0, length))
    expect(report.ok, `${length} bytes`).toBe(false)
  }
})

test('a flipped bit in any byte of an export is noticed', async () => {
  // All eight of every byte are: that takes a minute.
  const passed: string[] = []
  for (let at = 0; at < SMALL.length; at++) {
    const copy = Buffer.from(SMALL)
    copy[at]! ^= 1 << at % 8
    const { ok, problems } = await verifyZip(copy)
    if (ok || problems.length === 0) passed.push(`${at}.${at % 8}`)
  }
  expect(passed).toEqual([])
}, 120_000)

test('any byte written over, in a larger one: a sample of it all', async () => {
  const passed: number[] = []
  for (let at = 0; at < ZIP.length; at++) {
    const compressed = at > LARGE_RECORD.local + 60 && at < LARGE_RECORD.local + ZIP.readUInt32LE(LARGE_RECORD.at + 20)
    if (at % (compressed ? 1499 : 7) !== 0) continue
    const copy = Buffer.from(ZIP)
    copy[at]! ^= 0x10
    if ((await verifyZip(copy)).ok) passed.push(at)
  }
  expect(passed).toEqual([])
}, 120_000)

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
