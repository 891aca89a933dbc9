import type { ReactNode } from 'react'

/**
 * Something a person can do here: by its keys, from the palette, and listed in the keyboard help. One description serves
 * all three, so that no action is missing from one of them.
 */
export interface Command {
  /** Unique among the commands on screen, such as `alert.acknowledge`. */
  readonly id: string
  readonly label: string
  /** Heading in the palette and in the help, such as `Go to` or `Alert`. */
  readonly group: string
  readonly run: () => void
  /** As in `key-sequence.ts`: `a`, `g a`, `shift+j`, `mod+k`. */
  readonly keys?: string
  readonly description?: string
  readonly keywords?: readonly string[]
  readonly icon?: ReactNode
  /** Why it cannot be run now: the help lists it all the same, so that it can be learnt. */
  readonly unavailable?: string
  /** A command that moves the cursor is of no use in the palette. */
  readonly hiddenInPalette?: boolean
}

export interface CommandRegistry {
  /** Adds a set of commands until the returned function is called. */
  readonly register: (commands: readonly Command[]) => () => void
  readonly subscribe: (listener: () => void) => () => void
  /** All commands, the same array until something changes. Of two with the same keys the one registered later wins. */
  readonly list: () => readonly Command[]
}

/** Keeps the commands of all mounted components. */
export function createCommandRegistry(): CommandRegistry {
  const sets = new Set<readonly Command[]>()
  const listeners = new Set<() => void>()
  let snapshot: readonly Command[] = []
  const changed = () => {
    snapshot = [...sets].flat()
    for (const listener of listeners) listener()
  }
  return {
    register(commands) {
      sets.add(commands)
      changed()
      return () => {
        sets.delete(commands)
        changed()
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    list: () => snapshot,
  }
}

const LAST_GROUPS = ['Go to', 'Display', 'Help']

/** Commands under their headings: first those of the page, then those that are the same everywhere. */
export function groupCommands(commands: readonly Command[]): ReadonlyArray<readonly [group: string, members: readonly Command[]]> {
  const groups = new Map<string, Command[]>()
  for (const command of commands) {
    const members = groups.get(command.group)
    if (members) members.push(command)
    else groups.set(command.group, [command])
  }
  return [...groups].sort(([a], [b]) => LAST_GROUPS.indexOf(a) - LAST_GROUPS.indexOf(b))
}
