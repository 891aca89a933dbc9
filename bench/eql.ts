import { existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { EcsEvent } from '@/lib/ecs/event'
import { compile, compileRuleSet } from '@/lib/eql'
import type { RuleSet, RuleSetStats } from '@/lib/eql'
import { writeEvents } from './generate-events'
import { generateRules } from './generate-rules'
import { IMDS_RULE } from './imds-rule'

/**
 * How fast events pass the rules. Every contestant has a process of its own, as it would in use, in which each block of the
 * file is parsed alone and parsed and matched in turn, several times, the best time of a block counting: other work on the
 * machine then disturbs little, and the ratio to parsing alone holds even where the figures do not. Seconds are of processor
 * time, which is what an idle machine's clock would show.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '7' },
    repeat: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
})
const count = Number(values.events)
const seed = Number(values.seed)
const repeat = Number(values.repeat)
const path = `.cache/bench/events-${count}-${seed}.ndjson`

/** What a contestant's process answers. */
interface Result {
  readonly parseSeconds: number
  readonly seconds: number
  readonly hits: number
  readonly events: number
  readonly bytes: number
  readonly peak: number
  readonly compileSeconds: number
  readonly rules: number
  readonly stats: RuleSetStats
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

const CONTESTANTS: Readonly<Record<string, () => readonly { id: string; source: string }[]>> = {
  'the IMDS rule': () => [{ id: 'imds', source: IMDS_RULE }],
  '100 rules': () => generateRules(100, seed),
  '1,000 rules': () => generateRules(1_000, seed),
  'public rules': publicRules,
}

function pass(rules: RuleSet | null, lines: readonly Buffer[]): { readonly seconds: number; readonly hits: number } {
  const start = process.cpuUsage()
  let hits = 0
  if (rules) for (const line of lines) hits += rules.match(JSON.parse(line.toString('utf8')) as EcsEvent).length
  else for (const line of lines) hits += (JSON.parse(line.toString('utf8')) as EcsEvent)['@timestamp'] === undefined ? 1 : 0
  const { user, system } = process.cpuUsage(start)
  return { seconds: (user + system) / 1e6, hits }
}

function contend(name: string): Result {
  const rules = CONTESTANTS[name]?.() ?? []
  const start = process.cpuUsage()
  const set = compileAll(rules)
  const { user, system } = process.cpuUsage(start)
  const total = { parseSeconds: 0, seconds: 0, hits: 0, events: 0, bytes: 0, peak: 0 }
  for (const { lines, seconds } of blocks(path)) {
    let parse = Number.POSITIVE_INFINITY
    let both = Number.POSITIVE_INFINITY
    let hits = 0
    for (let round = 0; round < repeat; round++) {
      parse = Math.min(parse, pass(null, lines).seconds)
      const matched = pass(set, lines)
      both = Math.min(both, matched.seconds)
      hits = matched.hits
    }
    total.parseSeconds += seconds + parse
    total.seconds += seconds + both
    total.hits += hits
    total.events += lines.length
    total.bytes += lines.reduce((n, l) => n + l.length + 1, 0)
    total.peak = Math.max(total.peak, process.memoryUsage.rss())
  }
  return { ...total, compileSeconds: (user + system) / 1e6, rules: rules.length, stats: set.stats }
}

function runAll(): void {
  const names = Object.keys(CONTESTANTS).filter((name) => name !== 'public rules' || publicRules().length > 0)
  const results = names.map((name) => {
    const child = spawnSync(process.execPath, [process.argv[1] ?? '', '--events', String(count), '--seed', String(seed), '--repeat', String(repeat), '--only', name], { encoding: 'utf8' })
    if (child.status !== 0) throw new Error(child.stderr)
    return { name, ...(JSON.parse(child.stdout) as Result) }
  })
  const [first] = results
  if (!first) return
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`)
  console.log(`${first.events} events, ${Math.round(first.bytes / first.events)} bytes each, seed ${seed}, best of ${repeat}\n`)
  console.log('| | events/s | parsing alone | ratio | stage hits | compiled in | peak memory |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const r of results) {
    const title = r.name === 'public rules' ? `${r.rules} public rules` : r.name
    console.log(
      `| ${title} | ${Math.round(r.events / r.seconds)} | ${Math.round(r.events / r.parseSeconds)} | ${(r.parseSeconds / r.seconds).toFixed(2)} | ${r.hits} | ${r.compileSeconds.toFixed(2)} s | ${Math.round(r.peak / 2 ** 20)} MB |`,
    )
  }
  const ratio = (name: string) => results.filter((r) => r.name === name).map((r) => r.parseSeconds / r.seconds)[0] ?? 0
  console.log(`\n1,000 rules run at ${(ratio('1,000 rules') / ratio('the IMDS rule')).toFixed(2)} of the speed of one`)
}

await writeEvents(path, count, seed)
if (values.only === undefined) runAll()
else console.log(JSON.stringify(contend(values.only)))
