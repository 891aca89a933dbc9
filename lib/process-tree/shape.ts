/** A node's place in the tree that is shown. */
export interface Place {
  readonly key: string
  readonly parent: string | null
  readonly children: readonly string[]
  readonly cutChildren: number
}

export interface LimitedTree {
  readonly roots: readonly string[]
  /** Every node after its parent. */
  readonly places: readonly Place[]
  readonly kept: ReadonlySet<string>
  readonly cutNodes: number
  readonly cutGenerations: number
  /** Ancestors above the cap of generations were left out. */
  readonly cutAbove: boolean
}

type Order = (a: string, b: string) => number

/**
 * The parents with every cycle opened, which only wrong or hostile data has: of its members the one that comes first in
 * the order becomes a root. Parents that are no nodes are left out.
 */
export function breakCycles(parents: ReadonlyMap<string, string | null>, order: Order): Map<string, string | null> {
  const open = new Map<string, string | null>()
  for (const [key, parent] of parents) open.set(key, parent !== null && parent !== key && parents.has(parent) ? parent : null)
  const done = new Set<string>()
  for (const start of open.keys()) {
    const path: string[] = []
    const onPath = new Set<string>()
    let at: string | null = start
    while (at !== null && !done.has(at) && !onPath.has(at)) {
      path.push(at)
      onPath.add(at)
      at = open.get(at) ?? null
    }
    if (at !== null && onPath.has(at)) {
      const cycle = path.slice(path.indexOf(at))
      const first = cycle.reduce((best, key) => (order(key, best) < 0 ? key : best))
      open.set(first, null)
    }
    for (const key of path) done.add(key)
  }
  return open
}

function childrenOf(parents: ReadonlyMap<string, string | null>, order: Order): Map<string, string[]> {
  const children = new Map<string, string[]>()
  for (const [key, parent] of parents) {
    if (parent === null) continue
    const list = children.get(parent)
    if (list) list.push(key)
    else children.set(parent, [key])
  }
  for (const list of children.values()) list.sort(order)
  return children
}

/** The nodes in the order in which they are kept: the focus, its ancestors, then by distance from those, then the rest. */
function byNearness(roots: readonly string[], children: ReadonlyMap<string, readonly string[]>, parents: ReadonlyMap<string, string | null>, focus: readonly string[], depth: number) {
  const generation = new Map<string, number>()
  const queue: string[] = []
  let cutAbove = false
  const take = (key: string, at: number) => {
    if (generation.has(key)) return false
    generation.set(key, at)
    queue.push(key)
    return true
  }
  for (const key of focus) take(key, 0)
  let cutGenerations = 0
  for (const key of focus) {
    let up = parents.get(key) ?? null
    for (let n = 1; up !== null; n++, up = parents.get(up) ?? null) {
      if (n <= depth) take(up, 0)
      else if (!generation.has(up)) {
        cutAbove = true
        cutGenerations++
      }
    }
  }
  const walk = (from: number) => {
    for (let i = from; i < queue.length; i++) {
      const key = queue[i]
      if (key === undefined) continue
      const next = (generation.get(key) ?? 0) + 1
      for (const child of children.get(key) ?? []) {
        if (generation.has(child)) continue
        if (next > depth) cutGenerations++
        else take(child, next)
      }
    }
  }
  walk(0)
  for (const root of roots) {
    const from = queue.length
    // With generations cut off above the focus, what hangs on those is out of reach too.
    if (!cutAbove && take(root, 0)) walk(from)
  }
  return { queue, cutAbove, cutGenerations }
}

/**
 * The part of the forest that fits the caps. What is kept is always connected to what it was kept for: a node is in only
 * when its parent is, but for roots and for the top of an ancestry that is longer than `depth`.
 */
export function limitTree(parents: ReadonlyMap<string, string | null>, focus: readonly string[], order: Order, limits: { readonly nodes: number; readonly depth: number }): LimitedTree {
  const children = childrenOf(parents, order)
  const allRoots = [...parents.keys()].filter((key) => parents.get(key) === null).toSorted(order)
  const near = byNearness(allRoots, children, parents, focus, limits.depth)
  const kept = new Set(near.queue.slice(0, Math.max(1, limits.nodes)))
  const roots = [...kept].filter((key) => {
    const parent = parents.get(key) ?? null
    return parent === null || !kept.has(parent)
  })
  const inFocus = new Set(focus.map((key) => rootOf(key, parents, kept)))
  roots.sort((a, b) => Number(inFocus.has(b)) - Number(inFocus.has(a)) || order(a, b))

  const places: Place[] = []
  const stack = roots.toReversed()
  while (stack.length > 0) {
    const key = stack.pop()
    if (key === undefined) break
    const all = children.get(key) ?? []
    const shown = all.filter((child) => kept.has(child))
    const parent = parents.get(key) ?? null
    places.push({ key, parent: parent !== null && kept.has(parent) ? parent : null, children: shown, cutChildren: all.length - shown.length })
    for (const child of shown.toReversed()) stack.push(child)
  }
  return {
    roots,
    places,
    kept,
    cutNodes: near.queue.length - kept.size,
    cutGenerations: near.cutGenerations,
    cutAbove: near.cutAbove,
  }
}

function rootOf(key: string, parents: ReadonlyMap<string, string | null>, kept: ReadonlySet<string>): string {
  let at = key
  for (;;) {
    const parent = parents.get(at) ?? null
    if (parent === null || !kept.has(parent)) return at
    at = parent
  }
}
