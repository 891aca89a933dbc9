import { parseTimestamp } from '@/lib/ecs/timestamp'
import { parseCidr } from '@/lib/lang/ip-address'
import type { SeclContext, SeclScalar, SeclValue } from './context'
import type { TypeCode } from './field-type'
import type { FieldAdditions, FieldSchema } from './fields'
import { withFields } from './fields'
import { add, parseInt64, subtract, toInt64 } from './int64'
import type { SeclInt } from './int64'

/** Field values written by hand: nested objects, a list of objects being a list to walk. Names that begin with `_` are notes. */
export type SampleValues = Readonly<Record<string, unknown>>

export interface SampleOptions {
  /** Nanoseconds since 1970; `"now-4s"` in a value counts from it. */
  readonly now: SeclInt
  readonly schema: FieldSchema
  readonly variables?: Readonly<Record<string, SeclValue>>
  /** Types by field name for what the values do not show: `glob`, `pattern`, `int`, `ip`, … */
  readonly types?: Readonly<Record<string, unknown>>
  readonly aliases?: Readonly<Record<string, string>>
}

const RELATIVE = /^now(?:([+-])(\d{1,12})(ms|s|m|h))?$/
const UNIT_NS: Readonly<Record<string, number>> = { ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 }
const ADDRESS_NAME = /(?:^|[._])(?:ip|ips|cidr|cidrs|addr|address)$/

/** An event out of values, with the fields among them that the schema lacks added to it: their types are what the values show. */
export function sampleContext(values: SampleValues, options: SampleOptions): { readonly context: SeclContext; readonly schema: FieldSchema } {
  const collected = new Collector(options)
  collected.walk(values, '')
  const schema = withFields(options.schema, {
    fields: { ...collected.fields, ...hintedTypes(options.types ?? {}) },
    iterators: collected.iterators,
    aliases: options.aliases ?? {},
    eventTypes: [],
  })
  const { scalars, elements } = collected
  const { variables } = options
  return {
    schema,
    context: {
      now: options.now,
      isEvent: () => true,
      read: (field) => scalars.get(field),
      count: (iterator) => elements.get(iterator)?.length ?? 0,
      readAt: (iterator, index, field) => elements.get(iterator)?.[index]?.get(field),
      variable: (name) => (variables && Object.hasOwn(variables, name) ? variables[name] : undefined),
    },
  }
}

function hintedTypes(types: Readonly<Record<string, unknown>>): NonNullable<FieldAdditions['fields']> {
  const known: Readonly<Record<string, TypeCode>> = { glob: 'path', path: 'path', pattern: 'text', string: 'text', int: 'int', bool: 'bool', ip: 'ip', cidr: 'ip', duration: 'instant', time: 'instant' }
  const found: Record<string, TypeCode> = {}
  for (const [field, hint] of Object.entries(types)) {
    const word = typeof hint === 'string' ? (/^\w+/.exec(hint)?.[0] ?? '') : ''
    const code = Object.hasOwn(known, word) ? known[word] : undefined
    if (code) found[field] = code
  }
  return found
}

class Collector {
  readonly scalars = new Map<string, SeclValue>()
  readonly elements = new Map<string, ReadonlyMap<string, SeclValue>[]>()
  readonly fields: Record<string, TypeCode> = {}
  readonly iterators: string[] = []
  private into = this.scalars

  constructor(private readonly options: SampleOptions) {}

  walk(values: SampleValues, prefix: string): void {
    for (const [key, value] of Object.entries(values)) {
      if (key.startsWith('_')) continue
      const name = prefix === '' ? key : `${prefix}.${key}`
      if (Array.isArray(value) && value.length > 0 && value.every(isObject)) this.walkList(name, value)
      else if (isObject(value)) this.walk(value, name)
      else this.leaf(name, value)
    }
  }

  private walkList(name: string, items: readonly SampleValues[]): void {
    if (!this.options.schema.iterators.has(name)) this.iterators.push(name)
    const outer = this.into
    this.elements.set(
      name,
      items.map((item) => {
        this.into = new Map<string, SeclValue>()
        this.walk(item, name)
        return this.into
      }),
    )
    this.into = outer
  }

  private leaf(name: string, raw: unknown): void {
    const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw]
    const given = list.filter((v): v is SeclScalar => typeof v === 'string' || typeof v === 'number' || typeof v === 'bigint' || typeof v === 'boolean')
    const known = this.options.schema.fields.get(name)
    const code = known ? null : inferType(name, given)
    const instant = known ? known.unit === 'instant' : code === 'instant'
    const values = given.map((v) => this.scalar(v, instant))
    const [first] = values
    if (Array.isArray(raw)) this.into.set(name, values)
    else if (first !== undefined) this.into.set(name, first)
    if (code) this.fields[name] = Array.isArray(raw) ? `${code}[]` as TypeCode : code
  }

  private scalar(value: SeclScalar, instant: boolean): SeclScalar {
    if (typeof value !== 'string' || !instant) return value
    const relative = RELATIVE.exec(value)
    if (relative) {
      const [, sign, digits = '0', unit = 's'] = relative
      const span = toInt64(Number(digits) * (UNIT_NS[unit] ?? 0))
      return sign === '-' ? subtract(this.options.now, span) : add(this.options.now, span)
    }
    const time = /^\d{4}-/.test(value) ? parseTimestamp(value) : null
    return time ? toInt64(BigInt(time.ms) * 1_000_000n + BigInt(time.ns)) : (parseInt64(value) ?? value)
  }
}

function isObject(value: unknown): value is SampleValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text that begins with a slash is taken for a path: its patterns are globs. */
function inferType(name: string, values: readonly SeclScalar[]): TypeCode {
  const [first] = values
  if (typeof first === 'boolean') return 'bool'
  if (typeof first === 'number' || typeof first === 'bigint') return 'int'
  if (first !== undefined && RELATIVE.test(first)) return 'instant'
  if (ADDRESS_NAME.test(name) && values.every((v) => typeof v === 'string' && parseCidr(v))) return 'ip'
  return first?.startsWith('/') ? 'path' : 'text'
}
