import { foldAscii } from '@/lib/lang/ascii-fold'
import type { WildcardShape } from '@/lib/lang/wildcard'
import { LIMITS } from '@/lib/limits'
import { unreachable } from '@/lib/invariant'
import type { LeafShapes } from './leaf'

/**
 * Numbers filed under texts and wildcard patterns; a value finds all numbers whose pattern may accept it. Whole texts are
 * found exactly; of a pattern with a wildcard only its fixed beginning or end is looked at, so that what is found must
 * still be tested.
 */
export class TextIndex {
  private readonly exact = new Map<string, number[]>()
  private readonly exactFolded = new Map<string, number[]>()
  private readonly beginnings = new Trie(false)
  private readonly beginningsFolded = new Trie(false)
  private readonly ends = new Trie(true)
  private readonly endsFolded = new Trie(true)
  private folds = false

  /** Whether a pattern has something fixed to file it under. */
  static canFile(shape: WildcardShape): boolean {
    return anchorOf(shape) !== null
  }

  add({ shapes, ignoreCase }: LeafShapes, id: number): void {
    if (ignoreCase) this.folds = true
    for (const shape of shapes) {
      const anchor = anchorOf(shape)
      if (!anchor) continue
      if (anchor.kind === 'exact') file(ignoreCase ? this.exactFolded : this.exact, anchor.text, id)
      else if (anchor.kind === 'prefix') (ignoreCase ? this.beginningsFolded : this.beginnings).add(anchor.text, id)
      else (ignoreCase ? this.endsFolded : this.ends).add(anchor.text, id)
    }
  }

  /** Drops what was filed twice. */
  freeze(): void {
    for (const map of [this.exact, this.exactFolded]) for (const [text, ids] of map) map.set(text, [...new Set(ids)])
  }

  /** Calls `visit` with the numbers found for any value of a raw field; a number may come more than once. */
  find(raw: unknown, visit: (id: number) => void, depth = 0): void {
    if (typeof raw === 'string') this.findText(raw, visit)
    else if (typeof raw === 'number' || typeof raw === 'boolean') this.findText(String(raw), visit)
    else if (Array.isArray(raw) && depth < LIMITS.recordDepth) for (const value of raw) this.find(value, visit, depth + 1)
  }

  private findText(text: string, visit: (id: number) => void): void {
    visitAll(this.exact.get(text), visit)
    this.beginnings.find(text, visit)
    this.ends.find(text, visit)
    if (!this.folds) return
    const folded = foldAscii(text)
    visitAll(this.exactFolded.get(folded), visit)
    this.beginningsFolded.find(folded, visit)
    this.endsFolded.find(folded, visit)
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

function file(map: Map<string, number[]>, text: string, id: number): void {
  const ids = map.get(text)
  if (ids) ids.push(id)
  else map.set(text, [id])
}

function visitAll(ids: readonly number[] | undefined, visit: (id: number) => void): void {
  if (ids) for (const id of ids) visit(id)
}

interface TrieNode {
  readonly next: Map<number, TrieNode>
  ids: number[] | null
}

/** Beginnings (or ends, read backwards): a text is walked until no filed text goes on, which is mostly after a few letters. */
class Trie {
  private root: TrieNode | null = null

  constructor(private readonly backwards: boolean) {}

  add(text: string, id: number): void {
    this.root ??= { next: new Map(), ids: null }
    let node = this.root
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(this.backwards ? text.length - 1 - i : i)
      let next = node.next.get(unit)
      if (!next) {
        next = { next: new Map(), ids: null }
        node.next.set(unit, next)
      }
      node = next
    }
    node.ids ??= []
    if (node.ids.at(-1) !== id) node.ids.push(id)
  }

  find(text: string, visit: (id: number) => void): void {
    let node: TrieNode | undefined | null = this.root
    if (!node) return
    const { length } = text
    for (let i = 0; ; i++) {
      if (node.ids) for (const id of node.ids) visit(id)
      if (i >= length) return
      node = node.next.get(text.charCodeAt(this.backwards ? length - 1 - i : i))
      if (!node) return
    }
  }
}
