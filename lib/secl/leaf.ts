import { unreachable } from '@/lib/invariant'
import { foldAscii } from '@/lib/lang/ascii-fold'
import type { CidrBlock } from '@/lib/lang/ip-address'
import { subtract } from './int64'
import type { SeclInt } from './int64'
import { overlap } from './network'
import type { Acceptance, LeafPlan, RelationOp, TextItem } from './plan'
import { compileSource, slotsOf } from './source'
import type { Comparable, Evaluation, Source, SourceCompiler } from './source'

/** A condition ready to run, and to be asked which value satisfied it and by which entry of its list. */
export interface Leaf {
  readonly plan: LeafPlan
  readonly matches: (e: Evaluation) => boolean
  readonly subject: Source
  readonly accepts: (value: Comparable, e: Evaluation) => boolean
  /** The entry that accepts a value, as it is written; null where there is no list. */
  readonly entryFor: (value: Comparable, e: Evaluation) => string | null
}

type Accepts = Leaf['accepts']

export function compileLeaf(plan: LeafPlan, compiler: SourceCompiler): Leaf {
  const subject = compileSource(plan.subject, compiler)
  const { accepts, entryFor } = compileAcceptance(plan.by, compiler)
  const { negated } = plan
  const other = plan.by.kind === 'operand' ? slotsOf(plan.by.other, compiler.slots) : []
  const slots = [...slotsOf(plan.subject, compiler.slots), ...other]
  const holds = quantify(subject, plan.quantifier, accepts)
  const matches = slots.length === 0 ? (e: Evaluation) => holds(e) !== negated : (e: Evaluation) => slots.every((s) => (e.registers[s] ?? -1) >= 0) && holds(e) !== negated
  return { plan, matches, subject, accepts, entryFor }
}

function quantify(subject: Source, quantifier: LeafPlan['quantifier'], accepts: Accepts): (e: Evaluation) => boolean {
  if (!subject.array) return (e) => accepts(subject.one(e), e)
  if (quantifier === 'all') return (e) => subject.list(e).every((value) => accepts(value, e))
  return (e) => subject.list(e).some((value) => accepts(value, e))
}

function compileAcceptance(by: Acceptance, compiler: SourceCompiler): Pick<Leaf, 'accepts' | 'entryFor'> {
  switch (by.kind) {
    case 'texts':
      return acceptTexts(by.items, compiler)
    case 'numbers': {
      const known = new Set<SeclInt>(by.items)
      const number = (value: Comparable): SeclInt => (typeof value === 'boolean' ? Number(value) : (value as SeclInt))
      return { accepts: (value) => known.has(number(value)), entryFor: (value) => by.places[by.items.indexOf(number(value))] ?? null }
    }
    case 'networks': {
      const meets = (value: Comparable, block: CidrBlock) => isNetwork(value) && overlap(value, block)
      return {
        accepts: by.all ? (value) => by.items.every((b) => meets(value, b)) : (value) => by.items.some((b) => meets(value, b)),
        entryFor: (value) => by.places[by.items.findIndex((b) => meets(value, b))] ?? null,
      }
    }
    case 'operand':
      return { accepts: acceptOperand(by, compiler), entryFor: () => null }
    default:
      return unreachable(by)
  }
}

function isNetwork(value: Comparable): value is CidrBlock {
  return typeof value === 'object' && value !== null
}

/** Plain strings are one look-up however many they are; the others are tried in turn. */
function acceptTexts(items: readonly TextItem[], compiler: SourceCompiler): Pick<Leaf, 'accepts' | 'entryFor'> {
  const exact = new Set(items.flatMap((item) => (item.kind === 'exact' ? [item.value] : [])))
  const tests = items.filter((item) => item.kind !== 'exact').map((item) => ({ text: item.text, test: testOf(item, compiler) }))
  return {
    accepts: (value, e) => typeof value === 'string' && (exact.has(value) || tests.some(({ test }) => test(value, e))),
    entryFor: (value, e) => {
      if (typeof value !== 'string') return null
      const same = items.find((item) => item.kind === 'exact' && item.value === value)
      return same?.text ?? tests.find(({ test }) => test(value, e))?.text ?? null
    },
  }
}

function testOf(item: TextItem, compiler: SourceCompiler): (value: string, e: Evaluation) => boolean {
  switch (item.kind) {
    case 'exact':
      return (value) => value === item.value
    case 'test':
      return (value) => item.test(value)
    case 'template': {
      const source = compileSource(item.operand, compiler)
      return source.array ? () => false : (value, e) => value === source.one(e)
    }
    default:
      return unreachable(item)
  }
}

type ByOperand = Extract<Acceptance, { readonly kind: 'operand' }>

function acceptOperand(by: ByOperand, compiler: SourceCompiler): Accepts {
  const other = compileSource(by.other, compiler)
  const relation = relate(by)
  return other.array ? (value, e) => other.list(e).some((o) => relation(value, o, e)) : (value, e) => relation(value, other.one(e), e)
}

type Relation = (a: Comparable, b: Comparable, e: Evaluation) => boolean

function relate({ op, age, ignoreCase }: ByOperand): Relation {
  const compare = comparison(op, ignoreCase)
  if (age === 'subject') return (a, b, e) => compare(ageOf(a, e), b, e)
  if (age === 'other') return (a, b, e) => compare(a, ageOf(b, e), e)
  return compare
}

/** How long before the event a moment was, in nanoseconds. */
export function ageOf(moment: Comparable, { context }: Evaluation): Comparable {
  return typeof moment === 'number' || typeof moment === 'bigint' ? subtract(context.now, moment) : moment
}

function comparison(op: RelationOp, ignoreCase: boolean): Relation {
  switch (op) {
    case '==':
      return ignoreCase ? (a, b) => foldAscii(a as string) === foldAscii(b as string) : (a, b) => (isNetwork(a) ? isNetwork(b) && overlap(a, b) : a !== null && a === b)
    case '<':
      return (a, b) => (a as SeclInt) < (b as SeclInt)
    case '<=':
      return (a, b) => (a as SeclInt) <= (b as SeclInt)
    case '>':
      return (a, b) => (a as SeclInt) > (b as SeclInt)
    case '>=':
      return (a, b) => (a as SeclInt) >= (b as SeclInt)
    default:
      return unreachable(op)
  }
}
