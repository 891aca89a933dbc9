import { LIMITS } from '@/lib/limits'
import type { Connection, ProcessNode, ProcessTree } from './model'

/** What a person has opened. */
export interface TreeView {
  readonly expanded: ReadonlySet<string>
  /** Children shown of a process where it is not the default number. */
  readonly shownChildren?: ReadonlyMap<string, number>
  /** Shows also the forks that did nothing but become another program. */
  readonly forks?: boolean
}

interface Placed {
  /** Unique among the rows and stable while the view changes. */
  readonly id: string
  /** From 1, as `aria-level`. */
  readonly level: number
  /** From 1, as `aria-posinset`; among what is shown and what is yet to be loaded. */
  readonly posInSet: number
  readonly setSize: number
  /** For each level above this row's own: whether the line of that level goes on below the row. */
  readonly guides: readonly boolean[]
  readonly last: boolean
}

export interface ProcessRow extends Placed {
  readonly kind: 'process'
  readonly node: ProcessNode
  readonly hasChildren: boolean
  readonly expanded: boolean
}

export interface ConnectionRow extends Placed {
  readonly kind: 'connection'
  readonly node: ProcessNode
  readonly connection: Connection
}

/** Stands for children that are not shown: `hidden` can be shown on request, `cut` are not in the tree. */
export interface MoreRow extends Placed {
  readonly kind: 'more'
  readonly node: ProcessNode
  readonly hidden: number
  readonly cut: number
}

export type TreeRow = ProcessRow | ConnectionRow | MoreRow

/** The nodes by key. */
export function indexTree(tree: ProcessTree): ReadonlyMap<string, ProcessNode> {
  return new Map(tree.nodes.map((node) => [node.key, node]))
}

/** A fork that only became another program: its row would say nothing that the program's row does not. */
export function isPassingFork(node: ProcessNode): boolean {
  return (
    node.began === 'fork' &&
    node.execTo !== null &&
    node.children.length + node.cutChildren + node.connections.length + node.alerts.length === 0
  )
}

/** The focus and everything above it: what is open when a tree is first shown, so that the focus is in sight. */
export function focusPath(tree: ProcessTree, index = indexTree(tree)): ReadonlySet<string> {
  const path = new Set<string>()
  for (const key of tree.focus) {
    for (let at: string | null = key; at !== null && !path.has(at); at = index.get(at)?.parent ?? null) path.add(at)
  }
  if (path.size === 0) for (const root of tree.roots) path.add(root)
  return path
}

interface Frame {
  readonly node: ProcessNode
  readonly level: number
  readonly guides: readonly boolean[]
  readonly posInSet: number
  readonly setSize: number
  readonly last: boolean
}

/**
 * The rows of an ARIA treegrid, top to bottom: a process, then (when it is expanded) its connections and its children.
 * Children beyond the number to be shown are behind a `more` row, but never the focus or what leads to it.
 */
export function flattenTree(tree: ProcessTree, view: TreeView): readonly TreeRow[] {
  const index = indexTree(tree)
  const pinned = focusPath(tree, index)
  const inFocus = new Set(tree.focus)
  const rows: TreeRow[] = []

  const visible = (keys: readonly string[]) =>
    keys.flatMap((key) => {
      const node = index.get(key)
      return node && (view.forks || inFocus.has(key) || !isPassingFork(node)) ? [node] : []
    })
  const frames = (nodes: readonly ProcessNode[], before: number, after: number, level: number, guides: readonly boolean[]): Frame[] =>
    nodes.map((node, i) => ({
      node,
      level,
      guides,
      posInSet: before + i + 1,
      setSize: before + nodes.length + after,
      last: after === 0 && i === nodes.length - 1,
    }))

  const stack: (Frame | MoreRow)[] = frames(visible(tree.roots), 0, 0, 1, []).toReversed()
  for (let item = stack.pop(); item; item = stack.pop()) {
    if ('kind' in item) {
      rows.push(item)
      continue
    }
    const { node, level, guides, posInSet, setSize, last } = item
    const all = visible(node.children)
    const hasChildren = all.length + node.connections.length + node.cutChildren + node.cutConnections > 0
    const expanded = hasChildren && view.expanded.has(node.key)
    rows.push({ kind: 'process', id: node.key, node, level, guides, posInSet, setSize, last, hasChildren, expanded })
    if (!expanded) continue

    const room = view.shownChildren?.get(node.key) ?? LIMITS.treeChildren
    const shown = all.filter((child, i) => i < room || pinned.has(child.key))
    const hidden = all.length - shown.length
    const inner = level === 1 ? guides : [...guides, !last]
    const lines = node.connections.length
    const more = hidden + node.cutChildren + node.cutConnections
    const total = lines + shown.length + more
    node.connections.forEach((connection, i) => {
      const id = `${node.key} · ${i}`
      const last = i + 1 === total
      rows.push({ kind: 'connection', id, node, connection, level: level + 1, guides: inner, posInSet: i + 1, setSize: total, last })
    })
    if (more > 0) {
      stack.push({
        kind: 'more',
        id: `${node.key} · more`,
        node,
        hidden,
        cut: node.cutChildren + node.cutConnections,
        level: level + 1,
        guides: inner,
        posInSet: lines + shown.length + 1,
        setSize: total,
        last: true,
      })
    }
    for (const frame of frames(shown, lines, more, level + 1, inner).toReversed()) stack.push(frame)
  }
  return rows
}
