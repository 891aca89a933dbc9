/**
 * Keyboard shortcuts as text: a key (`j`, `?`, `Enter`), keys in sequence (`g a`), modifiers (`shift+j`, `mod+k`).
 * `mod` is Command on Apple's keyboards and Control elsewhere.
 */

/** What is read of a keyboard event; so this file needs no browser. */
export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

const MODIFIER_KEYS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'CapsLock', 'AltGraph', 'Dead'])

/**
 * One press as the text a shortcut would use, or undefined for a modifier alone. Shift is named only where it does not
 * already show in the key itself: `?` is `?`, but Shift with `j` is `shift+j`.
 */
export function pressName(press: KeyPress): string | undefined {
  if (MODIFIER_KEYS.has(press.key)) return undefined
  const isLetter = /^\p{L}$/u.test(press.key)
  const key = isLetter ? press.key.toLowerCase() : press.key === ' ' ? 'Space' : press.key
  const shift = press.shiftKey && (isLetter || key.length > 1)
  const mod = press.ctrlKey || press.metaKey
  return `${mod ? 'mod+' : ''}${press.altKey ? 'alt+' : ''}${shift ? 'shift+' : ''}${key}`
}

/** Whether a press has Control, Command or Alt: such a press is no text, so it works while somebody types. */
export function isChord(press: string): boolean {
  return press.startsWith('mod+') || press.startsWith('alt+')
}

/** Whether a press is a character alone (also with Shift), which can be switched off; `Enter` and `Escape` are not. */
export function isCharacter(press: string): boolean {
  return !isChord(press) && press.replace(/^shift\+/, '').length === 1
}

export type SequenceMatch =
  | { readonly kind: 'run'; readonly keys: string }
  | { readonly kind: 'wait'; readonly presses: readonly string[] }
  | { readonly kind: 'none' }

/**
 * Matches the presses so far (`['g', 'a']`) against all known shortcuts: one is complete, one could become complete, or
 * none. A sequence that went wrong starts again with its last press.
 */
export function matchSequence(presses: readonly string[], known: Iterable<string>): SequenceMatch {
  const typed = presses.join(' ')
  let waiting = false
  for (const keys of known) {
    if (keys === typed) return { kind: 'run', keys }
    if (keys.startsWith(`${typed} `)) waiting = true
  }
  if (waiting) return { kind: 'wait', presses }
  return presses.length > 1 ? matchSequence(presses.slice(-1), known) : { kind: 'none' }
}

const SYMBOLS: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc' }

/** A shortcut as the caps to draw, sequence by sequence: `g a` is [['g'], ['a']], `mod+k` is [['Ctrl', 'K']]. */
export function keyCaps(keys: string, apple: boolean): string[][] {
  return keys.split(' ').map((press) =>
    press.split(/\+(?=.)/).map((part) => {
      if (part === 'mod') return apple ? '⌘' : 'Ctrl'
      if (part === 'alt') return apple ? '⌥' : 'Alt'
      if (part === 'shift') return apple ? '⇧' : 'Shift'
      return SYMBOLS[part] ?? (press.includes('+') && part.length === 1 ? part.toUpperCase() : part)
    }),
  )
}
