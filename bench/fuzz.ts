import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Sqlite from 'better-sqlite3'
import { databasePath } from '@/lib/db/open'
import { linklocal } from './fuzz/command'
import { fileRound } from './fuzz/file-round'
import { auditMarkers, documentMarkers, markerState } from './fuzz/markers'
import type { MarkerState } from './fuzz/markers'
import { pushRound } from './fuzz/push-round'
import { readRound } from './fuzz/read-round'
import { Random } from './random'

/**
 * Hostile input into the built product, round by round, each with a data directory of its own that is looked over afterwards:
 *   node bench/run.mjs fuzz --way file --count 600000
 *   node bench/run.mjs fuzz --way read --count 1000000    reading alone, in this process
 *   node bench/run.mjs fuzz --way push --count 400000 [--seed 1] [--from 1] [--batch 20000] [--kills 0.4] [--minutes 600]
 * `--kills` is the share of rounds in which processes are killed (kill -9) at random moments. A round is a function of seed and number
 * (`--from N --count 1` does it again), but for the moments. What it finds is told on standard error, and the round's files and data are
 * left in .cache/fuzz. The last line on standard output is the result as JSON; exit code 1 when anything was found.
 */
const { values } = parseArgs({
  options: {
    way: { type: 'string', default: 'file' },
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    batch: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '0.4' },
    minutes: { type: 'string', default: '600' },
  },
})
const [count, seed, from, batch, kills, minutes] = [values.count, values.seed, values.from, values.batch, values.kills, values.minutes].map(Number) as [number, number, number, number, number, number]
const WAYS = { file: fileRound, push: pushRound, read: readRound }

/** What the markers are and raise with nothing else beside them. */
async function markersAlone(): Promise<MarkerState> {
  const dir = mkdtempSync(join(tmpdir(), 'linklocal-fuzz-'))
  try {
    writeFileSync(join(dir, 'documents.ndjson'), documentMarkers().join('\n'))
    writeFileSync(join(dir, 'audit.log'), auditMarkers().flat().join('\n'))
    const { code, stderr } = await linklocal(['ingest', join(dir, 'documents.ndjson'), join(dir, 'audit.log')], join(dir, 'data'))
    if (code !== 0) throw new Error(`the markers alone: exit ${code}: ${stderr}`)
    const db = new Sqlite(databasePath(join(dir, 'data')), { readonly: true })
    const state = markerState(db)
    db.close()
    if (state.alerts.length === 0) throw new Error('the markers raise nothing')
    return state
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function main(way: keyof typeof WAYS): Promise<void> {
  const began = performance.now()
  const alone = await markersAlone()
  const finds: { readonly round: number; readonly what: string }[] = []
  const total = { inputs: 0, kills: 0, rounds: 0 }
  for (let round = from; total.inputs < count && performance.now() - began < minutes * 60_000; round++) {
    const random = new Random(seed * 1_000_003 + round)
    mkdirSync('.cache/fuzz', { recursive: true })
    const dir = mkdtempSync(join('.cache/fuzz', `${way}-${seed}-${round}-`))
    const before = finds.length
    const report = (what: string): void => {
      finds.push({ round, what })
      console.error(`fuzz: ${way}, seed ${seed}, round ${round}: ${what}`)
    }
    const killed = random.chance(kills) ? 1 + random.below(3) : 0
    // One after another: each takes the machine.
    // oxlint-disable-next-line no-await-in-loop
    const done = await WAYS[way]({ random, inputs: batch, kills: killed, dir, dataDir: join(dir, 'data'), alone, report })
    total.inputs += done.inputs
    total.kills += done.kills
    total.rounds++
    console.error(`fuzz: ${way}, round ${round}: ${total.inputs.toLocaleString('en')} inputs, ${total.kills} kills, ${finds.length} finds, ${Math.round((performance.now() - began) / 1000)} s`)
    if (finds.length === before) rmSync(dir, { recursive: true, force: true })
  }
  console.log(JSON.stringify({ ok: finds.length === 0, way, seed, ...total, markers: { events: alone.events, alerts: alone.alerts.length }, seconds: Math.round((performance.now() - began) / 1000), finds }))
  process.exitCode = finds.length === 0 ? 0 : 1
}

const way = values.way === 'file' || values.way === 'push' || values.way === 'read' ? values.way : null
if (way === null || ![count, seed, from, batch, kills, minutes].every((n) => Number.isFinite(n) && n >= 0) || batch < 500) {
  console.error('fuzz: --way is file, push or read; the others are numbers, --batch at least 500')
  process.exitCode = 2
} else await main(way)
