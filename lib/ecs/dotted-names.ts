import { LIMITS } from '@/lib/limits'

type Json = Record<string, unknown>

/**
 * A document whose names with dots are written out as objects. One name may stand both ways, `{"a.b": 1, "a": {"b": 2}}`, at
 * any depth: the field then has the values of both, as a list would, those of the nested spelling first. This is the one place
 * that puts them together; whoever reads documents calls it, so that rules, pages and exports see the same values. What has no
 * such names is answered as it is.
 */
export function withoutDots<T>(document: T): T {
  return clean(document, 0) as T
}

/** The members of one object, whose values are without dots already. */
export function expandNames(object: Readonly<Json>): Json {
  const dotted: (readonly [path: readonly string[], value: unknown])[] = []
  const expanded: Json = {}
  for (const [key, value] of Object.entries(object)) {
    const path = key.includes('.') ? key.split('.') : null
    // A part without a name is none to Elasticsearch; a name of very many parts is an attack on the stack.
    if (path === null || path.includes('') || path.length > LIMITS.nameParts) set(expanded, key, value)
    else dotted.push([path, value])
  }
  // The fewer parts the earlier, in whatever order the document has them.
  dotted.sort(([a], [b]) => a.length - b.length || (a.join('.') < b.join('.') ? -1 : 1))
  for (const [path, value] of dotted) mergeInto(expanded, path, value)
  return expanded
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > LIMITS.recordDepth) return value
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) => clean(item, depth + 1))
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  let changed: Json | null = null
  let hasDots = false
  for (const [key, inner] of Object.entries(value)) {
    hasDots ||= key.includes('.')
    const cleaned = clean(inner, depth + 1)
    if (cleaned === inner) continue
    changed ??= { ...value }
    set(changed, key, cleaned)
  }
  const object = changed ?? (value as Json)
  return hasDots ? expandNames(object) : object
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets an own property, whatever its name is: `__proto__` too. */
function set(object: Json, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  else object[key] = value
}

function mergeInto(object: Json, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path
  const wrapped = rest.reduceRight<unknown>((inner, part) => {
    const outer: Json = {}
    set(outer, part, inner)
    return outer
  }, value)
  set(object, key, Object.hasOwn(object, key) ? merge(object[key], wrapped) : wrapped)
}

/** Never changes what it is given: parts of documents are shared. */
function merge(a: unknown, b: unknown): unknown {
  if (!isObject(a) || !isObject(b)) {
    // Values first: who wants one of a field's takes the first, and what stands below the field is none of them.
    return [...asList(a), ...asList(b)].map((value, i) => ({ value, i, rank: isObject(value) ? 2 : value === null ? 1 : 0 })).sort((x, y) => x.rank - y.rank || x.i - y.i).map(({ value }) => value)
  }
  const merged = { ...a }
  for (const [key, value] of Object.entries(b)) set(merged, key, Object.hasOwn(merged, key) ? merge(merged[key], value) : value)
  return merged
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value]
}
