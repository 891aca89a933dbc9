'use client'

import { useCallback, useMemo, useState } from 'react'
import { LIMITS } from '@/lib/limits'
import { findInTree, flattenTree, focusPath, indexTree, isPassingFork, type ProcessTree } from '@/lib/process-tree/index'

/** What of a tree is open, how many children are shown, what is searched, and the rows that follow from it. */
export function useTreeView(tree: ProcessTree, onReveal: (key: string) => void) {
  const index = useMemo(() => indexTree(tree), [tree])
  const path = useMemo(() => focusPath(tree, index), [tree, index])
  const [expanded, setExpandedKeys] = useState<ReadonlySet<string>>(path)
  const [shownChildren, setShownChildren] = useState<ReadonlyMap<string, number>>(new Map())
  const [forks, setForks] = useState(false)
  const [query, setQuery] = useState('')
  const [matchAt, setMatchAt] = useState(0)

  const rows = useMemo(() => flattenTree(tree, { expanded, shownChildren, forks }), [tree, expanded, shownChildren, forks])
  const hidden = useMemo(() => {
    const focus = new Set(tree.focus)
    return new Set(tree.nodes.filter((node) => isPassingFork(node) && !focus.has(node.key)).map((node) => node.key))
  }, [tree])
  const matches = useMemo(() => findInTree(tree, query).filter((key) => forks || !hidden.has(key)), [tree, query, forks, hidden])
  const at = Math.max(0, Math.min(matchAt, matches.length - 1))

  const setExpanded = useCallback((key: string, open: boolean) => {
    setExpandedKeys((keys) => {
      const next = new Set(keys)
      if (open) next.add(key)
      else next.delete(key)
      return next
    })
  }, [])
  const showMore = useCallback((key: string) => {
    setShownChildren((shown) => new Map(shown).set(key, (shown.get(key) ?? LIMITS.treeChildren) + LIMITS.treeChildren))
  }, [])

  /** Opens what hides a process. */
  const reveal = (key: string) => {
    const above: string[] = []
    for (let up = index.get(key)?.parent ?? null; up !== null; up = index.get(up)?.parent ?? null) above.push(up)
    setExpandedKeys((keys) => new Set([...keys, ...above]))
    setShownChildren((shown) => {
      const next = new Map(shown)
      for (const child of [key, ...above]) {
        const parent = index.get(index.get(child)?.parent ?? '')
        const place = parent?.children.indexOf(child) ?? -1
        if (parent && place >= (next.get(parent.key) ?? LIMITS.treeChildren)) next.set(parent.key, place + 1)
      }
      return next
    })
    onReveal(key)
  }
  const goTo = (list: readonly string[], place: number) => {
    setMatchAt(place)
    const key = list[place]
    if (key !== undefined) reveal(key)
  }

  return {
    index,
    rows,
    setExpanded,
    showMore,
    forks,
    setForks,
    hiddenForks: hidden.size,
    query,
    matches,
    match: query.trim() === '' ? null : { at, count: matches.length },
    currentMatch: matches[at] ?? null,
    search: (text: string) => {
      setQuery(text)
      goTo(findInTree(tree, text).filter((key) => forks || !hidden.has(key)), 0)
    },
    step: (by: 1 | -1) => {
      if (matches.length > 0) goTo(matches, (at + by + matches.length) % matches.length)
    },
    expandAll: () => setExpandedKeys(new Set(tree.nodes.map((node) => node.key))),
    closeAll: () => {
      setExpandedKeys(path)
      setShownChildren(new Map())
    },
  }
}
