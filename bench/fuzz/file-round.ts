import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Random } from '../random'
import { checkOutput, checkStored } from './checks'
import type { Report } from './checks'
import { linklocal } from './command'
import type { Ended } from './command'
import { hostileAudit, hostileDocument } from './hostile-records'
import { auditMarkers, documentMarkers } from './markers'
import type { MarkerState } from './markers'

/** What one round is given; it answers how many inputs it sent and how often it killed. */
export interface Round {
  readonly random: Random
  readonly inputs: number
  readonly kills: number
  readonly dir: string
  readonly dataDir: string
  readonly alone: MarkerState
  readonly report: Report
}

export interface Done {
  readonly inputs: number
  readonly kills: number
}

/** Puts the markers between the hostile lines, in their order, the first of them first unless a hostile one may lead. */
export function mingle(random: Random, hostile: readonly string[], markers: readonly string[]): string[] {
  const places = markers.map(() => random.below(hostile.length + 1)).sort((a, b) => a - b)
  if (random.chance(0.7)) places[0] = 0
  const lines: string[] = []
  let next = 0
  for (let at = 0; at <= hostile.length; at++) {
    while (next < places.length && (places[next] ?? 0) <= at) lines.push(Buffer.from(markers[next++] ?? '').toString('latin1'))
    const line = hostile[at]
    if (line !== undefined) lines.push(line)
  }
  return lines
}

/** Ends a compressed stream where it should not, or changes a byte of it. */
export function breakStream(random: Random, bytes: Buffer): Buffer {
  const broken = Buffer.from(bytes)
  if (random.chance(0.5)) return broken.subarray(0, 1 + random.below(bytes.length))
  for (let changes = 1 + random.below(3); changes > 0; changes--) broken[random.below(broken.length)] = random.below(256)
  return broken
}

export function packed(random: Random, text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  const kind = random.next()
  if (kind < 0.7) return bytes
  return kind < 0.85 ? gzipSync(bytes, { level: 1 }) : zstdCompressSync(bytes)
}

interface Summary {
  readonly records: number
  readonly stored: number
  readonly duplicates: number
  readonly rejected: number
  readonly imports: readonly { readonly name: string; readonly records: number; readonly stored: number; readonly duplicates: number; readonly rejected: number; readonly error: string | null }[]
}

function checkEnd(ended: Ended, report: Report): Summary | null {
  checkOutput(ended.stderr, report)
  let summary: Summary
  try {
    summary = JSON.parse(ended.stdout) as Summary
  } catch {
    report(`ingest: exit ${ended.code}, no result; standard error ${JSON.stringify(ended.stderr.slice(-1_500))}`)
    return null
  }
  const expected = summary.imports.some(({ error }) => error !== null) ? 1 : summary.rejected > 0 ? 3 : 0
  if (ended.code !== expected) report(`ingest: exit ${ended.code}, not ${expected}`)
  for (const each of [summary, ...summary.imports]) {
    if (each.records !== each.stored + each.duplicates + each.rejected) report(`ingest: counts do not add up: ${JSON.stringify({ ...each, imports: undefined })}`)
  }
  return summary
}

/** Hostile and good records in files of several kinds through `linklocal ingest`; killed at random moments and sent again if so asked. */
export async function fileRound({ random, inputs, kills, dir, dataDir, alone, report }: Round): Promise<Done> {
  const files: string[] = []
  /** Records that a file of one a line must have. */
  const lines = new Map<string, number>()
  const write = (name: string, bytes: Buffer): string => {
    const file = join(dir, name)
    writeFileSync(file, bytes)
    files.push(file)
    return file
  }
  const documents = mingle(random, Array.from({ length: Math.round(inputs * 0.7) }, () => hostileDocument(random)), documentMarkers())
  const half = random.below(documents.length)
  for (const [n, part] of [documents.slice(0, half), documents.slice(half)].entries()) {
    const separator = random.pick(['\n', '\n', '\r\n', '\n\n', '\n \t\r\n'])
    write(`documents-${n}.ndjson`, packed(random, part.join(separator) + random.pick(['', separator])))
    lines.set(`documents-${n}.ndjson`, part.filter((line) => /[^ \t\r]/.test(line)).length)
  }
  const audit: string[] = []
  const events = auditMarkers().map((event) => [...event])
  const hostile = Math.round(inputs * 0.28)
  for (let sent = 0; sent < hostile; sent++) {
    if (sent % Math.ceil(hostile / events.length) === 0) for (const line of events.shift() ?? []) audit.push(line, ...(random.chance(0.5) ? hostileAudit(random) : []))
    audit.push(...hostileAudit(random))
  }
  for (const line of events.flat()) audit.push(line)
  write('audit.log', packed(random, audit.join(random.pick(['\n', '\n', '\r\n']))))
  // What is in a stream that breaks is read up to there, and told.
  const broken = Array.from({ length: inputs - Math.round(inputs * 0.7) - hostile }, () => hostileDocument(random)).join('\n')
  write('broken.gz', breakStream(random, gzipSync(Buffer.from(broken, 'latin1'))))
  write('broken.zst', breakStream(random, zstdCompressSync(Buffer.from(broken, 'latin1'))))

  const args = ['ingest', '--json', '--host', 'fuzz-nameless', ...files]
  let killed = 0
  for (let kill = 0; kill < kills; kill++) {
    // Most of such a run lies within this.
    const ended = await linklocal(args, dataDir, 300 + random.below(Math.max(2_000, inputs)))
    if (ended.code === 'SIGKILL') killed++
    else checkEnd(ended, report)
  }
  const whole = checkEnd(await linklocal(args, dataDir), report)
  for (const each of whole?.imports ?? []) {
    const expected = lines.get(each.name)
    if (expected !== undefined && each.records !== expected) report(`${each.name}: ${each.records} records of ${expected} lines`)
    if (each.error !== null && !each.name.startsWith('broken')) report(`${each.name}: ${each.error}`)
  }
  await checkStored(dataDir, alone, report)
  if (kills === 0 && random.chance(0.4)) {
    const again = checkEnd(await linklocal(args, dataDir), report)
    if (again && again.stored > 0) report(`${again.stored} events stored of files that were stored before`)
    await checkStored(dataDir, alone, report)
  }
  return { inputs, kills: killed }
}
