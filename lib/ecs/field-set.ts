/**
 * The fields that are asked for of events, as a tree: which members of a document have to be read and which are
 * passed over. Made once for a set of names; `readFields` follows it.
 */

import { KnownObjects } from './known-objects'

/** A place in a document: some of its members are asked for, or all that is there. */
export interface FieldNode {
  /** The value itself is asked for, whatever it is. */
  readonly whole: boolean
  /** Members by the hash of their key, a power of two long; empty slots are null. */
  readonly slots: readonly (FieldSlot | null)[]
}

export interface FieldSlot {
  readonly hash: number
  readonly key: string
  /** Its key has dots: it stands for objects in one another. */
  readonly dotted: boolean
  /** The key as it stands in a document, where its characters are ASCII. */
  readonly bytes: Uint8Array
  readonly node: FieldNode
  readonly known: KnownObjects
}

const encoder = new TextEncoder()

interface Growing {
  whole: boolean
  readonly members: Map<string, Growing>
}

/** A hash of a key by its length and three of its characters: mixing in every one took longer than comparing the few that meet. */
export function keyHash(length: number, first: number, middle: number, last: number): number {
  return Math.imul((length << 24) ^ (first << 16) ^ (middle << 8) ^ last, 0x9e3779b1) >>> 16
}

function hashOf(bytes: Uint8Array): number {
  return keyHash(bytes.length, bytes[0] ?? 0, bytes[bytes.length >> 1] ?? 0, bytes[bytes.length - 1] ?? 0)
}

/** The keys under which something below a place may stand: `process`, and with dots `process.parent`, `process.parent.name`. */
function keysBelow(growing: Growing, prefix = ''): (readonly [string, Growing])[] {
  return [...growing.members].flatMap(([name, member]) => [[`${prefix}${name}`, member] as const, ...keysBelow(member, `${prefix}${name}.`)])
}

function nodeOf(whole: boolean, members: readonly (readonly [key: string, node: FieldNode])[]): FieldNode {
  const size = 2 ** Math.ceil(Math.log2(members.length * 4 + 1))
  const slots = Array.from({ length: size }, (): FieldSlot | null => null)
  for (const [key, node] of members) {
    const bytes = encoder.encode(key)
    const hash = hashOf(bytes)
    let at = hash & (size - 1)
    while (slots[at] != null) at = (at + 1) & (size - 1)
    slots[at] = { hash, key, dotted: key.includes('.'), bytes, node, known: new KnownObjects() }
  }
  return { whole, slots }
}

/** A place is met under several keys (`parent` of `process`, and `process.parent`), and made once. */
function build(growing: Growing, built: Map<Growing, FieldNode>): FieldNode {
  let node = built.get(growing)
  if (!node) {
    node = nodeOf(growing.whole, keysBelow(growing).map(([key, member]) => [key, build(member, built)] as const))
    built.set(growing, node)
  }
  return node
}

/** Makes the tree of a set of dotted names. `wrapper` is a member that may hold the whole document, as `_source` of a search hit. */
export function fieldTree(fields: Iterable<string>, wrapper: string): FieldNode {
  const root: Growing = { whole: false, members: new Map() }
  for (const field of fields) {
    let at = root
    for (const part of field.split('.')) {
      let member = at.members.get(part)
      if (!member) at.members.set(part, (member = { whole: false, members: new Map() }))
      at = member
    }
    at.whole = true
  }
  const built = new Map<Growing, FieldNode>()
  const document = build(root, built)
  return nodeOf(false, [...document.slots.flatMap((slot) => (slot === null ? [] : [[slot.key, slot.node] as const])), [wrapper, document]])
}
