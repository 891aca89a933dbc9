import { EventGenerator } from './generate-events'
import { generateRules } from './generate-rules'
import type { EcsEvent } from '@/lib/ecs/event'
import { fieldReader } from '@/lib/ecs/event'
import { compile } from '@/lib/eql'
import { compilePlan } from '@/lib/eql/compile'
import type { Leaf } from '@/lib/eql/leaf'
import type { Plan } from '@/lib/eql/plan'

/**
 * Closures against generated code, for the two places where they compete: the logic above the leaves of a thousand rules, and
 * the reading of fields. Every stage is evaluated for every event here, without a rule set's filing, so that the difference
 * shows. The best of many rounds counts.
 */
const generator = new EventGenerator(11)
const events = Array.from({ length: 60 }, () => JSON.parse(JSON.stringify(generator.next())) as EcsEvent)

function best(rounds: number, run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < rounds; i++) {
    const start = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, user + system)
  }
  return least / events.length
}

function once(run: () => unknown): number {
  const start = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}

function generate(plan: Plan): (event: EcsEvent) => boolean {
  const leaves: Leaf['matches'][] = []
  const write = (node: Plan): string => {
    switch (node.kind) {
      case 'constant':
        return String(node.value)
      case 'leaf':
        return `l${leaves.push(node.leaf.matches) - 1}(e)`
      case 'not':
        return `!${write(node.operand)}`
      default:
        return `(${node.terms.map(write).join(node.kind === 'and' ? ' && ' : ' || ')})`
    }
  }
  const body = write(plan)
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- the thing measured
  const make = new Function(...leaves.map((_, i) => `l${i}`), `return (e) => ${body}`) as (...args: readonly Leaf['matches'][]) => (event: EcsEvent) => boolean
  return make(...leaves)
}

const plans = generateRules(1_000, 7).flatMap(({ source }) => {
  const result = compile(source)
  if (!result.ok) throw new Error(source)
  return result.query.stages.map((s) => s.plan)
})

let closures: ((event: EcsEvent) => boolean)[] = []
let generated: ((event: EcsEvent) => boolean)[] = []
const closureMs = once(() => (closures = plans.map(compilePlan)))
const generatedMs = once(() => (generated = plans.map(generate)))
const runAll = (tests: readonly ((event: EcsEvent) => boolean)[]) => () => {
  let n = 0
  for (const event of events) for (const test of tests) if (test(event)) n++
  return n
}
if (runAll(closures)() !== runAll(generated)()) throw new Error('the two disagree')
console.log(`${plans.length} stages, all of them for every event`)
console.log(`| logic | made in | an event |\n| --- | ---: | ---: |`)
console.log(`| closures | ${closureMs.toFixed(1)} ms | ${best(60, runAll(closures)).toFixed(0)} µs |`)
console.log(`| generated | ${generatedMs.toFixed(1)} ms | ${best(60, runAll(generated)).toFixed(0)} µs |`)

const fields = ['event.category', 'event.action', 'host.os.type', 'process.name', 'process.executable', 'process.parent.executable', 'process.parent.name', 'process.args', 'user.name', 'destination.ip', 'file.path', 'process.command_line']
const loop = (name: string) => {
  const parts = name.split('.')
  return (event: EcsEvent): unknown => {
    let value: unknown = event
    for (const part of parts) {
      if (typeof value !== 'object' || value === null) return undefined
      value = (value as Record<string, unknown>)[part]
    }
    return value
  }
}
const readAll = (readers: readonly ((event: EcsEvent) => unknown)[]) => () => {
  let n = 0
  for (let i = 0; i < 50; i++) for (const event of events) for (const read of readers) if (read(event) !== undefined) n++
  return n
}
console.log(`\n${fields.length} fields of an event, absent ones included`)
console.log(`| reader | an event |\n| --- | ---: |`)
console.log(`| closures over a loop | ${((best(60, readAll(fields.map(loop))) * 1_000) / 50).toFixed(0)} ns |`)
console.log(`| generated (lib/ecs/event.ts, dotted keys looked for too) | ${((best(60, readAll(fields.map(fieldReader))) * 1_000) / 50).toFixed(0)} ns |`)
