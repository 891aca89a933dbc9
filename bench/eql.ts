import { existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { EcsEvent } from '@/lib/ecs/event'
import { compile, compileRuleSet } from '@/lib/eql'
import type { RuleSet } from '@/lib/eql'
import { writeEvents } from './generate-events'
import { generateRules } from './generate-rules'
import { IMDS_RULE } from './imds-rule'

/**
 * How fast events pass the rules: every block of the file is read once and then parsed and matched anew by each contestant
 * in turn, several times, and the best time of a block counts: other work on the machine then disturbs little. Seconds are of
 * processor time, which is what an idle machine's clock would show.
 */
const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '7' }, repeat: { type: 'string', default: '3' } },
})
const count = Number(values.events)
const seed = Number(values.seed)
const repeat = Number(values.repeat)

interface Contestant {
  readonly name: string
  readonly rules: RuleSet | null
  seconds: number
  hits: number
}

function compileAll(rules: readonly { id: string; source: string }[]): RuleSet {
  return compileRuleSet(
    rules.map(({ id, source }) => {
      const result = compile(source)
      if (!result.ok) throw new Error(`${id}: ${result.diagnostics[0]?.message ?? ''}\n${source}`)
      return { id, query: result.query }
    }),
  )
}

function publicRules(): readonly { id: string; source: string }[] {
  const path = '../shared/vectors/rules/eql_rules_third.json'
  if (!existsSync(path)) return []
  const rules = JSON.parse(readFileSync(path, 'utf8')) as { query: string }[]
  return rules.filter((r) => !/^\s*(?:\/\*[^]*?\*\/\s*)?sample\b/.test(r.query)).map((r, i) => ({ id: `public-${i}`, source: r.query }))
}

function* blocks(path: string): Generator<{ readonly lines: readonly Buffer[]; readonly seconds: number }> {
  const file = openSync(path, 'r')
  let rest = Buffer.alloc(0)
  for (;;) {
    const start = process.cpuUsage()
    const chunk = Buffer.allocUnsafe(256 * 1024)
    const size = readSync(file, chunk)
    const data = rest.length === 0 ? chunk.subarray(0, size) : Buffer.concat([rest, chunk.subarray(0, size)])
    const lines: Buffer[] = []
    let from = 0
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, from)) {
      lines.push(data.subarray(from, end))
      from = end + 1
    }
    rest = Buffer.from(data.subarray(from))
    const { user, system } = process.cpuUsage(start)
    yield { lines, seconds: (user + system) / 1e6 }
    if (size === 0) return
  }
}

function pass(contestant: Contestant, lines: readonly Buffer[]): { readonly seconds: number; readonly hits: number } {
  const { rules } = contestant
  const start = process.cpuUsage()
  let hits = 0
  if (rules) for (const line of lines) hits += rules.match(JSON.parse(line.toString('utf8')) as EcsEvent).length
  else for (const line of lines) hits += (JSON.parse(line.toString('utf8')) as EcsEvent)['@timestamp'] === undefined ? 1 : 0
  const { user, system } = process.cpuUsage(start)
  return { seconds: (user + system) / 1e6, hits }
}

const path = `.cache/bench/events-${count}-${seed}.ndjson`
await writeEvents(path, count, seed)

const rules = generateRules(1_000, seed)
const compileStart = process.cpuUsage()
const thousand = compileAll(rules)
const compileUsage = process.cpuUsage(compileStart)
const compileSeconds = (compileUsage.user + compileUsage.system) / 1e6
const known = publicRules()

const contestants: Contestant[] = [
  { name: '(a) read and JSON.parse', rules: null },
  { name: '(b) the IMDS rule', rules: compileAll([{ id: 'imds', source: IMDS_RULE }]) },
  { name: '(c) 100 rules', rules: compileAll(rules.slice(0, 100)) },
  { name: '(c) 1,000 rules', rules: thousand },
  ...(known.length > 0 ? [{ name: `${known.length} public rules`, rules: compileAll(known) }] : []),
].map((c) => ({ ...c, seconds: 0, hits: 0 }))

let bytes = 0
let events = 0
let peak = 0
let turn = 0
for (const { lines, seconds } of blocks(path)) {
  const best = contestants.map(() => ({ seconds: Number.POSITIVE_INFINITY, hits: 0 }))
  for (let round = 0; round < repeat; round++) {
    for (const [i] of contestants.entries()) {
      const at = (i + turn + round) % contestants.length
      const contestant = contestants[at]
      if (!contestant) continue
      const result = pass(contestant, lines)
      if (result.seconds < (best[at]?.seconds ?? 0)) best[at] = result
      peak = Math.max(peak, process.memoryUsage.rss())
    }
  }
  for (const [i, contestant] of contestants.entries()) {
    contestant.seconds += seconds + (best[i]?.seconds ?? 0)
    contestant.hits += best[i]?.hits ?? 0
  }
  turn++
  events += lines.length
  for (const line of lines) bytes += line.length + 1
}

const base = contestants[0]?.seconds ?? 1
const one = contestants[1]?.seconds ?? 1
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`)
console.log(`${events} events, ${Math.round(bytes / events)} bytes each, seed ${seed}\n`)
console.log('| contestant | events/s | of (a) | of (b) | hits |\n| --- | ---: | ---: | ---: | ---: |')
for (const c of contestants) {
  console.log(`| ${c.name} | ${Math.round(events / c.seconds)} | ${(base / c.seconds).toFixed(2)} | ${(one / c.seconds).toFixed(2)} | ${c.hits} |`)
}
console.log(`\n1,000 rules compiled in ${compileSeconds.toFixed(2)} s: ${JSON.stringify(thousand.stats)}`)
console.log(`peak resident memory ${Math.round(peak / 2 ** 20)} MB`)
