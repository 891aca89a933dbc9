import { foldAscii } from '@/lib/lang/ascii-fold'
import type { WildcardShape } from '@/lib/lang/wildcard'
import { LIMITS } from '@/lib/limits'
import { unreachable } from '@/lib/invariant'
import type { LeafShapes } from './leaf'
import { numberIn } from './value-tests'

/**
 * Ids filed under texts, numbers and wildcard patterns; a value finds all ids whose pattern may accept it. Whole texts are
 * found exactly; of a pattern with a wildcard only its fixed beginning or end is looked at, so that what is found must
 * still be tested.
 */
export class TextIndex {
  private readonly exact = new Map<string, number[]>()
  private readonly exactFolded = new Map<string, number[]>()
  private readonly beginnings = new PrefixTree()
  private readonly beginningsFolded = new PrefixTree()
  private readonly ends = new SuffixTable()
  private readonly endsFolded = new SuffixTable()
  private readonly numbers = new Map<number, number[]>()
  private folds = false

  /** Whether a pattern has something fixed to file it under. */
  static canFile(shape: WildcardShape): boolean {
    return anchorOf(shape) !== null
  }

  add({ shapes, ignoreCase, numbers }: LeafShapes, id: number): void {
    for (const number of numbers) file(this.numbers, number, id)
    if (ignoreCase) this.folds = true
    for (const shape of shapes) {
      const anchor = anchorOf(shape)
      if (!anchor) continue
      if (anchor.kind === 'exact') file(ignoreCase ? this.exactFolded : this.exact, anchor.text, id)
      else if (anchor.kind === 'prefix') (ignoreCase ? this.beginningsFolded : this.beginnings).add(anchor.text, id)
      else (ignoreCase ? this.endsFolded : this.ends).add(anchor.text, id)
    }
  }

  /** Calls `visit` with the ids found for any value of a raw field; an id may come more than once. */
  find(raw: unknown, visit: (id: number) => void, depth = 0): void {
    if (typeof raw === 'string') {
      this.findText(raw, visit)
      if (this.numbers.size > 0) visitAll(this.numbers.get(numberIn(raw) ?? Number.NaN), visit)
    } else if (typeof raw === 'number') {
      if (this.numbers.size > 0) visitAll(this.numbers.get(raw), visit)
      if (this.texts) this.findText(String(raw), visit)
    } else if (typeof raw === 'boolean') this.findText(String(raw), visit)
    else if (Array.isArray(raw) && depth < LIMITS.recordDepth) for (const value of raw) this.find(value, visit, depth + 1)
  }

  private get texts(): boolean {
    return this.folds || this.exact.size > 0 || !this.beginnings.empty || !this.ends.empty
  }

  private findText(text: string, visit: (id: number) => void): void {
    // A table that is empty must not cost the hash of the text.
    if (this.exact.size > 0) visitAll(this.exact.get(text), visit)
    if (!this.beginnings.empty) this.beginnings.find(text, visit)
    if (!this.ends.empty) this.ends.find(text, visit)
    if (!this.folds) return
    const folded = foldAscii(text)
    if (this.exactFolded.size > 0) visitAll(this.exactFolded.get(folded), visit)
    if (!this.beginningsFolded.empty) this.beginningsFolded.find(folded, visit)
    if (!this.endsFolded.empty) this.endsFolded.find(folded, visit)
  }
}

interface Anchor {
  readonly kind: 'exact' | 'prefix' | 'suffix'
  readonly text: string
}

/** What a value must be, begin with or end with for a pattern to accept it; null if nothing of the kind is fixed. */
function anchorOf(shape: WildcardShape): Anchor | null {
  switch (shape.kind) {
    case 'exact':
    case 'prefix':
    case 'suffix':
      return { kind: shape.kind, text: shape.text }
    case 'contains':
    case 'any':
      return null
    case 'general': {
      const first = (shape.segments[0] ?? '').split('?', 1)[0] ?? ''
      if (first !== '') return { kind: 'prefix', text: first }
      const last = (shape.segments.at(-1) ?? '').split('?').at(-1) ?? ''
      return last === '' ? null : { kind: 'suffix', text: last }
    }
    default:
      return unreachable(shape)
  }
}

function file<K>(map: Map<K, number[]>, key: K, id: number): void {
  const ids = map.get(key)
  if (!ids) map.set(key, [id])
  else if (ids.at(-1) !== id) ids.push(id)
}

function visitAll(ids: readonly number[] | undefined, visit: (id: number) => void): void {
  if (ids) for (const id of ids) visit(id)
}

interface PrefixNode {
  /** The text from the parent to here. */
  label: string
  ids: number[]
  /** By the first unit of their labels. */
  children: Map<number, PrefixNode> | null
}

/** Beginnings of texts as a tree whose edges are whole pieces: `/usr/bin/` is one comparison, not nine. */
class PrefixTree {
  private root: PrefixNode | null = null

  get empty(): boolean {
    return this.root === null
  }

  add(text: string, id: number): void {
    this.root ??= { label: '', ids: [], children: null }
    let node = this.root
    let at = 0
    for (;;) {
      if (at === text.length) {
        if (node.ids.at(-1) !== id) node.ids.push(id)
        return
      }
      node.children ??= new Map()
      const unit = text.charCodeAt(at)
      const child = node.children.get(unit)
      if (!child) {
        node.children.set(unit, { label: text.slice(at), ids: [id], children: null })
        return
      }
      const shared = sharedLength(child.label, text, at)
      if (shared < child.label.length) split(child, shared)
      at += shared
      node = child
    }
  }

  find(text: string, visit: (id: number) => void): void {
    let node = this.root
    if (!node) return
    let at = 0
    for (;;) {
      for (const id of node.ids) visit(id)
      const child: PrefixNode | undefined = node.children?.get(text.charCodeAt(at))
      if (!child || sharedLength(child.label, text, at) < child.label.length) return
      at += child.label.length
      node = child
    }
  }
}

function sharedLength(label: string, text: string, at: number): number {
  let n = 0
  while (n < label.length && label.charCodeAt(n) === text.charCodeAt(at + n)) n++
  return n
}

/** Cuts a node in two: what is after `length` becomes its only child. */
function split(node: PrefixNode, length: number): void {
  const rest: PrefixNode = { label: node.label.slice(length), ids: node.ids, children: node.children }
  node.label = node.label.slice(0, length)
  node.ids = []
  node.children = new Map([[rest.label.charCodeAt(0), rest]])
}

/** Ends of texts, by their lengths: there are few different ones, and each is one look-up. */
class SuffixTable {
  private readonly tables: { readonly length: number; readonly texts: Map<string, number[]> }[] = []

  get empty(): boolean {
    return this.tables.length === 0
  }

  add(text: string, id: number): void {
    let table = this.tables.find((t) => t.length === text.length)
    if (!table) {
      table = { length: text.length, texts: new Map() }
      this.tables.push(table)
    }
    const ids = table.texts.get(text)
    if (!ids) table.texts.set(text, [id])
    else if (ids.at(-1) !== id) ids.push(id)
  }

  find(text: string, visit: (id: number) => void): void {
    for (const { length, texts } of this.tables) {
      if (length <= text.length) visitAll(texts.get(text.slice(text.length - length)), visit)
    }
  }
}
