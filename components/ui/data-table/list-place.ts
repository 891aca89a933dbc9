'use client'

import { useCallback, useSyncExternalStore } from 'react'
import { placeAt, type Place } from '@/components/ui/data-table/resolve-place'

/**
 * The place in each list, by the list's address: in memory, and in the tab's session, so that Back, `u` and a reload find it. A
 * second tab on the same list has a place of its own.
 */
const KEY = 'll-places'
const ADDRESSES = 40

interface Kept {
  readonly place?: Place
  /** The most rows the list had while it was worked off. */
  readonly most?: number
}

let kept: Map<string, Kept> | undefined
const listeners = new Set<() => void>()

function isPlace(value: unknown): value is Place {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' && 'order' in value && Array.isArray(value.order)
}

function readStored(): Map<string, Kept> {
  const found = new Map<string, Kept>()
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    if (!Array.isArray(stored)) return found
    for (const entry of stored as unknown[]) {
      if (!Array.isArray(entry) || typeof entry[0] !== 'string') continue
      const value: unknown = entry[1]
      if (typeof value !== 'object' || value === null) continue
      found.set(entry[0], {
        ...('place' in value && isPlace(value.place) ? { place: value.place } : {}),
        ...('most' in value && typeof value.most === 'number' ? { most: value.most } : {}),
      })
    }
  } catch {
    // Storage that is switched off or damaged: the place is kept in memory alone.
  }
  return found
}

function all(): Map<string, Kept> {
  kept ??= readStored()
  return kept
}

function keep(address: string, change: Kept): void {
  const places = all()
  const next = { ...places.get(address), ...change }
  places.delete(address)
  places.set(address, next)
  for (const oldest of [...places.keys()].slice(0, Math.max(0, places.size - ADDRESSES))) places.delete(oldest)
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...places]))
  } catch {
    // As above.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Notes where somebody is in the list of an address. `ids` are its rows in order. */
export function rememberPlace(address: string, id: string, ids: readonly string[]): void {
  const [known, place] = [all().get(address)?.place, placeAt(id, ids)]
  const isSame = known?.id === id && known.order.length === place.order.length && known.order.every((one, i) => one === place.order[i])
  if (!isSame) keep(address, { place })
}

/** Whether somebody moved on in a list since its place was read: what a late render or effect knows is then out of date. */
export function hasMovedOn(address: string, seen: Place | undefined): boolean {
  return all().get(address)?.place !== seen
}

/** As `rememberPlace` from elsewhere, such as the page of one row: what is known of the list's order stays. */
export function movePlace(address: string, id: string, around: readonly string[]): void {
  const known = all().get(address)?.place
  if (known?.id === id) return
  keep(address, { place: known?.order.includes(id) === true ? { id, order: known.order } : { id, order: around } })
}

/** Notes how many rows a list has; the most of them is what "7 of 41 left" counts from. An empty list begins anew. */
export function rememberTotal(address: string, total: number): void {
  const most = all().get(address)?.most ?? 0
  if (total === 0 ? most !== 0 : total > most) keep(address, { most: total })
}

/** Where somebody is in the list of an address; undefined on the server and in the first render. */
export function useListPlace(address: string): Place | undefined {
  const read = useCallback(() => all().get(address)?.place, [address])
  return useSyncExternalStore(subscribe, read, () => undefined)
}

/** The most rows that the list had while it was worked off. */
export function useMostRows(address: string): number | undefined {
  const read = useCallback(() => all().get(address)?.most, [address])
  return useSyncExternalStore(subscribe, read, () => undefined)
}
