'use client'

import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('storage', listener)
  return () => window.removeEventListener('storage', listener)
}

/**
 * A text kept in this browser under a key, or undefined. The server and the first render know nothing of it, so use it for
 * what may change a moment after the page is there. Other tabs follow.
 */
export function useStoredText(key: string | undefined): string | undefined {
  return useSyncExternalStore(
    subscribe,
    () => (key === undefined ? undefined : (localStorage.getItem(key) ?? undefined)),
    () => undefined,
  )
}

/** Keeps a text in this browser, or forgets it, and tells all who use it. */
export function storeText(key: string, value: string | undefined): void {
  if (value === undefined) localStorage.removeItem(key)
  else localStorage.setItem(key, value)
  // The browser tells other tabs; this one is told by us.
  window.dispatchEvent(new StorageEvent('storage', { key }))
}
