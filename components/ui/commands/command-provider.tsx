'use client'

import { createContext, use, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react'
import { createCommandRegistry, type Command, type CommandRegistry } from '@/components/ui/commands/command-registry'
import { isCharacter, isChord, matchSequence, pressName } from '@/components/ui/commands/key-sequence'
import { storeText, useStoredText } from '@/components/ui/stored-text'

const SEQUENCE_MS = 1200
const CHARACTER_KEYS_OFF = 'll-character-keys-off'
const EMPTY: readonly Command[] = []

interface CommandContext {
  readonly registry: CommandRegistry
  /** WCAG 2.1.4: whoever dictates text must be able to switch shortcuts of a single character off. */
  readonly characterKeys: boolean
  readonly setCharacterKeys: (on: boolean) => void
}

const Context = createContext<CommandContext | undefined>(undefined)

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit', 'reset', 'range'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}

/** Enter and Space belong to the control that has the focus. */
function belongsToControl(name: string, target: EventTarget | null): boolean {
  if (name !== 'Enter' && name !== 'Space') return false
  return target instanceof Element && target.closest('a, button, summary, input, [role="menuitem"], [role="tab"], [role="option"]') !== null
}

function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null
}

/** Listens to the keyboard for all commands registered below it. Put once around the console. */
export function CommandProvider({ children }: { children: ReactNode }) {
  const [registry] = useState(createCommandRegistry)
  const characterKeys = useStoredText(CHARACTER_KEYS_OFF) === undefined

  useEffect(() => {
    let presses: string[] = []
    let last = 0
    const onKeyDown = (event: KeyboardEvent) => {
      const name = pressName(event)
      if (name === undefined || event.defaultPrevented || event.isComposing) return
      if (isCharacter(name) && !characterKeys) return
      if (!isChord(name) && isTyping(event.target)) return
      if (belongsToControl(name, event.target) || isDialogOpen()) return
      const known = new Map<string, Command>()
      for (const command of registry.list()) if (command.keys !== undefined) known.set(command.keys, command)
      presses = event.timeStamp - last > SEQUENCE_MS ? [name] : [...presses, name]
      last = event.timeStamp
      const match = matchSequence(presses, known.keys())
      if (match.kind === 'none') presses = []
      else if (match.kind === 'wait') presses = [...match.presses]
      else {
        presses = []
        event.preventDefault()
        const command = known.get(match.keys)
        if (command?.unavailable === undefined) command?.run()
      }
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [registry, characterKeys])

  const value = useMemo(
    () => ({
      registry,
      characterKeys,
      setCharacterKeys: (on: boolean) => storeText(CHARACTER_KEYS_OFF, on ? undefined : '1'),
    }),
    [registry, characterKeys],
  )
  return <Context value={value}>{children}</Context>
}

function signature(commands: readonly Command[]): string {
  return commands.map((c) => `${c.id}\u0000${c.label}\u0000${c.group}\u0000${c.keys ?? ''}\u0000${c.unavailable ?? ''}`).join('\u0001')
}

/**
 * Makes commands available while the calling component is mounted: keys, palette and help. The array may be made anew on
 * each render; what runs is always the newest closure. Leave a command out of the array to take it away.
 */
export function useCommands(commands: readonly Command[]): void {
  const registry = use(Context)?.registry
  const latest = useRef(commands)
  const [shown, setShown] = useState(commands)
  if (shown !== commands && signature(shown) !== signature(commands)) setShown(commands)
  useEffect(() => {
    latest.current = commands
  })
  useEffect(() => {
    const run = (id: string) => latest.current.find((command) => command.id === id)?.run()
    return registry?.register(shown.map((command) => ({ ...command, run: () => run(command.id) })))
  }, [registry, shown])
}

/** All commands of the moment, for the palette and the help. */
export function useCommandList(): readonly Command[] {
  const registry = use(Context)?.registry
  return useSyncExternalStore(registry?.subscribe ?? (() => () => {}), registry?.list ?? (() => EMPTY), () => EMPTY)
}

/** The switch for shortcuts that are a single character. */
export function useCharacterKeys(): { on: boolean; set: (on: boolean) => void } {
  const context = use(Context)
  return { on: context?.characterKeys ?? true, set: context?.setCharacterKeys ?? (() => {}) }
}
