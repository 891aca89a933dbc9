import type { Command } from '@/components/ui/commands/command-registry'

/** Commands of which the query names every word, by label, group, description or keyword; all for an empty query. */
export function matchingCommands(commands: readonly Command[], query: string): readonly Command[] {
  const words = query.trim().toLowerCase().split(/\s+/)
  return commands.filter((command) => {
    if (command.hiddenInPalette === true || command.unavailable !== undefined) return false
    const text = [command.label, command.group, command.description ?? '', ...(command.keywords ?? [])].join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
