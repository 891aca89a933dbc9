import { LIMITS } from '@/lib/limits'
import { indexTree } from './flatten'
import type { ProcessNode, ProcessTree } from './model'

export interface Surroundings {
  readonly node: ProcessNode
  /** From the root down to the parent. */
  readonly ancestors: readonly ProcessNode[]
  /** The parent's other children, in order; of many those nearest to this one. */
  readonly siblings: readonly ProcessNode[]
  readonly cutSiblings: number
  /** Everything below, each after its parent; nearest generations first when there are too many. */
  readonly descendants: readonly ProcessNode[]
  readonly cutDescendants: number
}

/** What stands around one process of the tree; null when the tree does not have it. */
export function around(tree: ProcessTree, key: string, max: number = LIMITS.treeChildren): Surroundings | null {
  const index = indexTree(tree)
  const node = index.get(key)
  if (!node) return null
  const get = (keys: readonly string[]) => keys.flatMap((k) => index.get(k) ?? [])

  const ancestors: ProcessNode[] = []
  for (let up = node.parent; up !== null; up = index.get(up)?.parent ?? null) {
    const ancestor = index.get(up)
    if (ancestor) ancestors.unshift(ancestor)
  }

  const family = node.parent === null ? [] : (index.get(node.parent)?.children ?? [])
  const place = family.indexOf(key)
  const from = Math.max(0, Math.min(place - Math.floor(max / 2), family.length - 1 - max))
  const others = family.filter((k) => k !== key)
  const siblings = get(others.slice(from, from + max))

  const descendants: ProcessNode[] = []
  let cutDescendants = 0
  const queue = [...node.children]
  for (let i = 0; i < queue.length; i++) {
    const next = index.get(queue[i] ?? '')
    if (!next) continue
    queue.push(...next.children)
    if (descendants.length < max * 4) descendants.push(next)
    else cutDescendants++
  }
  return { node, ancestors, siblings, cutSiblings: others.length - siblings.length, descendants, cutDescendants }
}
