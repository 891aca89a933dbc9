import { blockContains, parseCidr, parseIp } from '@/lib/lang/ip-address'
import { compileWildcard } from '@/lib/lang/wildcard'
import type { Value } from './value'
import { valueText } from './value'

export type ParamType = 'string' | 'number' | 'integer' | 'boolean' | 'ip' | 'any'
export type ResultType = 'string' | 'number' | 'integer' | 'boolean'

export interface Param {
  readonly name: string
  readonly type: ParamType
  readonly optional?: boolean
  /** Must not read a field: Elasticsearch needs it before it sees an event. */
  readonly constant?: boolean
  /** A null stands for "not given" instead of making the whole call null. */
  readonly nullable?: boolean
}

export interface FunctionDef {
  readonly name: string
  readonly params: readonly Param[]
  /** Whether the last parameter may be repeated. */
  readonly variadic: boolean
  readonly result: ResultType
  /** Whether `name~` exists. */
  readonly insensitive: boolean
  /** Called with every argument that is not nullable known to be there. */
  readonly evaluate: (args: readonly Value[], insensitive: boolean) => Value
}

type Body = FunctionDef['evaluate']

const text = (name: string): Param => ({ name, type: 'string' })
const numberParam = (name: string): Param => ({ name, type: 'number' })

function define(name: string, params: readonly Param[], result: ResultType, evaluate: Body, more: Partial<FunctionDef> = {}): FunctionDef {
  return { name, params, result, evaluate, variadic: false, insensitive: false, ...more }
}

function arithmetic(name: string, apply: (a: number, b: number) => Value): FunctionDef {
  return define(name, [numberParam('left'), numberParam('right')], 'number', ([a, b]) =>
    typeof a === 'number' && typeof b === 'number' ? apply(a, b) : null,
  )
}

/** The functions over two texts; anything but text has no answer. */
function overTexts(apply: (source: string, other: string) => Value): Body {
  return ([a, b], insensitive) => {
    if (typeof a !== 'string' || typeof b !== 'string') return null
    return insensitive ? apply(a.toLowerCase(), b.toLowerCase()) : apply(a, b)
  }
}

function wholeNumber(value: number): Value {
  return Number.isFinite(value) ? Math.trunc(value) : null
}

function between([source, left, right, greedy]: readonly Value[], insensitive: boolean): Value {
  if (typeof source !== 'string' || typeof left !== 'string' || typeof right !== 'string') return null
  // Lower-casing may change the length of a few letters; then positions would not fit, and the text is searched as it is.
  const lower = source.toLowerCase()
  const fold = insensitive && lower.length === source.length
  const searched = fold ? lower : source
  // An empty end is no end to look for: Elasticsearch answers the text as it is.
  if (left === '' || right === '') return source
  const from = searched.indexOf(fold ? left.toLowerCase() : left)
  if (from < 0) return ''
  const start = from + left.length
  const end = greedy === true ? searched.lastIndexOf(fold ? right.toLowerCase() : right) : searched.indexOf(fold ? right.toLowerCase() : right, start)
  return end < start ? '' : source.slice(start, end)
}

function indexOf([source, part, start]: readonly Value[], insensitive: boolean): Value {
  if (typeof source !== 'string' || typeof part !== 'string') return null
  const from = typeof start === 'number' ? Math.trunc(start) : 0
  const found = insensitive ? source.toLowerCase().indexOf(part.toLowerCase(), from) : source.indexOf(part, from)
  return found < 0 ? null : found
}

/** `0x` means base 16 unless another base is given; anything that is not wholly a number of the base is null. */
function toNumber([value, base]: readonly Value[]): Value {
  if (typeof value !== 'string') return null
  const hex = value.startsWith('0x')
  const radix = typeof base === 'number' ? base : hex ? 16 : 10
  if (radix === 10) return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : null
  if (!Number.isInteger(radix) || radix < 2 || radix > 36) return null
  const digits = (hex && radix === 16 ? value.slice(2) : value).toLowerCase()
  const match = /^([+-]?)([0-9a-z]+)$/.exec(digits)
  const last = (radix - 1).toString(radix)
  if (!match?.[2] || Array.from(match[2]).some((d) => (last.length === 1 && /\d/.test(last) ? d > last || /[a-z]/.test(d) : d > last))) return null
  return Number.parseInt(`${match[1] ?? ''}${match[2]}`, radix)
}

/** As a slice in Python: negative positions count from the end, what lies outside is cut off. */
function substring([source, start, end]: readonly Value[]): Value {
  if (typeof source !== 'string') return null
  return source.slice(typeof start === 'number' ? Math.trunc(start) : 0, typeof end === 'number' ? Math.trunc(end) : undefined)
}

function inAnyBlock([address, ...blocks]: readonly Value[]): Value {
  if (typeof address !== 'string') return null
  const ip = parseIp(address)
  if (!ip) return null
  return blocks.some((b) => {
    const block = typeof b === 'string' ? parseCidr(b) : null
    return block !== null && blockContains(block, ip)
  })
}

const DEFINITIONS: readonly FunctionDef[] = [
  arithmetic('add', (a, b) => a + b),
  arithmetic('subtract', (a, b) => a - b),
  arithmetic('multiply', (a, b) => a * b),
  arithmetic('divide', divide),
  arithmetic('modulo', (a, b) => (b === 0 ? null : a % b)),
  define(
    'between',
    [text('source'), text('left'), text('right'), { name: 'greedy', type: 'boolean', optional: true, nullable: true }],
    'string',
    between,
    { insensitive: true },
  ),
  define('cidrMatch', [{ name: 'source', type: 'ip' }, { name: 'cidr', type: 'string', constant: true }], 'boolean', inAnyBlock, { variadic: true }),
  define('concat', [{ name: 'value', type: 'any' }], 'string', (args) => args.map((a) => (a === null ? '' : valueText(a))).join(''), { variadic: true }),
  define('endsWith', [text('source'), text('suffix')], 'boolean', overTexts((a, b) => a.endsWith(b)), { insensitive: true }),
  define('startsWith', [text('source'), text('prefix')], 'boolean', overTexts((a, b) => a.startsWith(b)), { insensitive: true }),
  // Elasticsearch finds nothing in an empty text and no empty text in anything.
  define('stringContains', [text('source'), text('substring')], 'boolean', overTexts((a, b) => a !== '' && b !== '' && a.includes(b)), { insensitive: true }),
  define(
    'indexOf',
    [text('source'), text('substring'), { name: 'start', type: 'number', optional: true, nullable: true }],
    'integer',
    indexOf,
    { insensitive: true },
  ),
  define('length', [text('string')], 'integer', ([a]) => (typeof a === 'string' ? a.length : null)),
  define('number', [text('string'), { name: 'base', type: 'integer', optional: true, nullable: true }], 'number', toNumber),
  define('string', [{ name: 'value', type: 'any' }], 'string', ([a]) => (a === null || a === undefined ? null : valueText(a))),
  define(
    'substring',
    [
      text('source'),
      { name: 'start', type: 'number', nullable: true },
      { name: 'end', type: 'number', optional: true, nullable: true },
    ],
    'string',
    substring,
  ),
  define(
    'wildcard',
    [text('source'), { name: 'pattern', type: 'string', constant: true }],
    'boolean',
    ([source, ...patterns], insensitive) =>
      typeof source === 'string' ? patterns.some((p) => typeof p === 'string' && compileWildcard(p, insensitive)(source)) : null,
    { variadic: true, insensitive: true },
  ),
]

/** Division as on doubles; that of two integers is `divideIntegers`, chosen by the types of the operands. */
export function divide(a: number, b: number): Value {
  return b === 0 ? null : a / b
}

/** Java's: towards zero. The documentation says "rounds down", which for a negative quotient is not what Elasticsearch does. */
export function divideIntegers(a: number, b: number): Value {
  return b === 0 ? null : wholeNumber(a / b)
}

const BY_NAME: ReadonlyMap<string, FunctionDef> = new Map(DEFINITIONS.map((d) => [d.name.toLowerCase(), d]))

/** Finds a function by its name in any case: rules write `cidrmatch` and `cidrMatch`. */
export function findFunction(name: string): FunctionDef | undefined {
  return BY_NAME.get(name.toLowerCase())
}

export const FUNCTION_NAMES: readonly string[] = DEFINITIONS.map((d) => d.name)

/** Least and most arguments. */
export function arity(def: FunctionDef): { readonly least: number; readonly most: number } {
  return {
    least: def.params.filter((p) => !p.optional).length,
    most: def.variadic ? Number.POSITIVE_INFINITY : def.params.length,
  }
}

/** The parameter that the argument at `index` is for. */
export function paramAt(def: FunctionDef, index: number): Param | undefined {
  return def.params[index] ?? (def.variadic ? def.params.at(-1) : undefined)
}

/** `between(source, left, right[, greedy])`, for a message. */
export function signature(def: FunctionDef): string {
  const params = def.params.map((p) => (p.optional ? `[${p.name}]` : p.name))
  return `${def.name}(${params.join(', ')}${def.variadic ? ', …' : ''})`
}
