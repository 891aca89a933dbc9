/** Half-written texts as this browser keeps them: one entry of its storage a place, such as `alert A-12 note`. Pure. */
import { LIMITS } from '@/lib/limits'

const PREFIX = 'll-draft:'

export interface KeptDraft {
  readonly text: string
  /** When it was last typed at, ISO 8601. */
  readonly at: string
}

export function draftKey(place: string): string {
  return PREFIX + place
}

export function writeDraft(text: string, now: Date): string {
  return JSON.stringify({ text, at: now.toISOString() } satisfies KeptDraft)
}

/** What `writeDraft` wrote; null for anything else, which may be of another version. */
export function readDraft(stored: string | undefined): KeptDraft | null {
  if (stored === undefined) return null
  try {
    const value: unknown = JSON.parse(stored)
    if (typeof value !== 'object' || value === null || !('text' in value) || !('at' in value)) return null
    return typeof value.text === 'string' && typeof value.at === 'string' ? { text: value.text, at: value.at } : null
  } catch {
    return null
  }
}

/** Keys of drafts beyond the cap, the oldest first: they make room for the one being written. */
export function draftsToForget(entries: readonly (readonly [key: string, stored: string])[]): readonly string[] {
  const drafts = entries.filter(([key]) => key.startsWith(PREFIX)).map(([key, stored]) => ({ key, at: readDraft(stored)?.at ?? '' }))
  return drafts
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, Math.max(0, drafts.length - LIMITS.draftsKept))
    .map(({ key }) => key)
}
