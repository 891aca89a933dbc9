'use client'

import { useState } from 'react'
import { draftKey, draftsToForget, readDraft, writeDraft } from '@/components/ui/draft/kept-drafts'
import { storeText, useStoredText } from '@/components/ui/stored-text'

export interface Draft {
  readonly text: string
  readonly set: (text: string) => void
  /** Forgets it, once what was written is saved or thrown away. */
  readonly clear: () => void
  /** Since when the browser keeps it; null when there is nothing half-written. */
  readonly keptSince: string | null
}

function forgetOldest(): void {
  const entries = Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i) ?? '').map((key) => [key, localStorage.getItem(key) ?? ''] as const)
  for (const key of draftsToForget(entries)) localStorage.removeItem(key)
}

/**
 * A text somebody writes at a place (`alert A-12 note`), kept in this browser until it is saved: it survives a reload, another
 * page in between, and a crash. `initial` is what is saved already; a draft equal to it is none.
 */
export function useDraft(place: string, initial = ''): Draft {
  const key = draftKey(place)
  const kept = readDraft(useStoredText(key))
  // Where the browser keeps nothing (its storage is full or forbidden), the text lives as long as the page.
  const [unkept, setUnkept] = useState<{ readonly key: string; readonly text: string }>()
  const text = kept?.text ?? (unkept?.key === key ? unkept.text : initial)

  const keep = (stored: string | undefined): boolean => {
    try {
      storeText(key, stored)
      return true
    } catch {
      return false
    }
  }
  const set = (next: string) => {
    if (next === initial) {
      keep(undefined)
      setUnkept(undefined)
      return
    }
    const stored = keep(writeDraft(next, new Date()))
    setUnkept(stored ? undefined : { key, text: next })
    if (stored && kept === null) forgetOldest()
  }
  const clear = () => {
    keep(undefined)
    setUnkept(undefined)
  }
  return { text, set, clear, keptSince: kept === null ? null : kept.at }
}
