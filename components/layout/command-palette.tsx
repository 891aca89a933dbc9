'use client'

import { Spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { FOUND_GROUPS, foundAction, referred } from '@/components/layout/found-actions'
import type { FoundAction } from '@/components/layout/found-actions'
import { matchingCommands } from '@/components/layout/matching-commands'
import { markFirstRow, palette, paletteStore } from '@/components/layout/palette-store'
import { useFound } from '@/components/layout/use-found'
import { useCommandList } from '@/components/ui/commands/command-provider'
import { groupCommands } from '@/components/ui/commands/command-registry'
import { Keys } from '@/components/ui/commands/keys'
import { visibleText } from '@/lib/text/visible-text'
import classes from './command-palette.module.css'

/** Before it, only commands are looked for. */
const COMMANDS_ONLY = '>'
const CLASS_NAMES = { content: classes.content, search: classes.search, actionsGroup: classes.group, action: classes.action, footer: classes.footer }

function countOf(alerts: number | null): string | undefined {
  if (alerts === null) return undefined
  return `${alerts.toLocaleString('en')} ${alerts === 1 ? 'alert' : 'alerts'}`
}

function FoundRow({ action, onOpen }: { action: FoundAction; onOpen: (action: FoundAction, filter: boolean) => void }) {
  const { found } = action
  return (
    <Spotlight.Action
      label={visibleText(found.label)}
      description={found.detail === null ? undefined : visibleText(found.detail)}
      rightSection={countOf(found.alerts)}
      onClick={(event) => onOpen(action, event.shiftKey)}
    />
  )
}

/** Results under their headings, in the order of the headings. */
function groupFound(actions: readonly FoundAction[]): ReadonlyArray<readonly [group: string, members: readonly FoundAction[]]> {
  return Object.entries(FOUND_GROUPS).flatMap(([kind, group]) => {
    const members = actions.filter(({ found }) => found.kind === kind)
    return members.length === 0 ? [] : [[group, members] as const]
  })
}

/**
 * Ctrl/Cmd-K: finds whatever has a name, and runs whatever can be done on this page. Enter opens, Shift with Enter shows the
 * queue limited to it; `>` looks for commands alone.
 */
export function CommandPalette() {
  const router = useRouter()
  const [query, setQuery] = useState('')
  const commandsOnly = query.startsWith(COMMANDS_ONLY)
  const text = commandsOnly ? query.slice(COMMANDS_ONLY.length) : query
  const commands = matchingCommands(useCommandList(), text)
  const { found, state } = useFound(commandsOnly ? '' : text)
  const local = commandsOnly || state === 'found' ? null : referred(text)
  const actions = (local ? [local] : found).map(foundAction)
  /** Enter was pressed before the results came: the first of them is opened. */
  const opening = useRef<{ readonly filter: boolean } | null>(null)
  const shift = useRef(false)

  const open = ({ href, filterHref }: FoundAction, filter: boolean) => {
    opening.current = null
    router.push(filter && filterHref !== null ? filterHref : href)
  }

  useEffect(() => {
    if (state !== 'found') return
    markFirstRow()
    const waiting = opening.current
    opening.current = null
    const [first] = found
    if (waiting === null || first === undefined) return
    palette.close()
    const { href, filterHref } = foundAction(first)
    router.push(waiting.filter && filterHref !== null ? filterHref : href)
  }, [state, found, router])

  const onKeyDown = (event: KeyboardEvent) => {
    shift.current = event.shiftKey
    if (event.key !== 'Enter' && event.key !== 'Escape') opening.current = null
    else if (event.key === 'Enter' && state === 'looking' && actions.length === 0 && commands.length === 0) opening.current = { filter: event.shiftKey }
  }

  const isEmpty = actions.length === 0 && commands.length === 0
  return (
    <Spotlight.Root
      store={paletteStore}
      query={query}
      onQueryChange={setQuery}
      shortcut="mod + K"
      // Also from within a search field: the palette is the way out of it.
      tagsToIgnore={[]}
      triggerOnContentEditable
      overlayProps={{ backgroundOpacity: 0.45, blur: 0 }}
      classNames={CLASS_NAMES}
      attributes={{ content: { 'aria-label': 'Search and commands' } }}
      size={640}
      yOffset={80}
      scrollable
      maxHeight={460}
    >
      <Spotlight.Search
        leftSection={<IconSearch size={18} stroke={1.7} />}
        placeholder="A-12, a host, role, user, pid, program, hash, rule or case — or a command"
        aria-label="Search and commands"
        onKeyDown={onKeyDown}
      />
      {!isEmpty && (
        <Spotlight.ActionsList>
          {groupFound(actions).map(([group, members]) => (
            <Spotlight.ActionsGroup key={group} label={group}>
              {members.map((action) => (
                <FoundRow key={`${action.found.kind} ${action.found.id}`} action={action} onOpen={(chosen, clicked) => open(chosen, clicked || shift.current)} />
              ))}
            </Spotlight.ActionsGroup>
          ))}
          {groupCommands(commands).map(([group, members]) => (
            <Spotlight.ActionsGroup key={group} label={group}>
              {members.map((command) => (
                <Spotlight.Action
                  key={command.id}
                  label={command.label}
                  description={command.description}
                  leftSection={command.icon}
                  rightSection={command.keys === undefined ? undefined : <Keys keys={command.keys} />}
                  onClick={command.run}
                />
              ))}
            </Spotlight.ActionsGroup>
          ))}
        </Spotlight.ActionsList>
      )}
      {isEmpty && <Spotlight.Empty>{emptyText(state, commandsOnly)}</Spotlight.Empty>}
      <Spotlight.Footer>
        <span>
          <Keys keys="Enter" /> opens
        </span>
        <span>
          <Keys keys="shift+Enter" /> shows it in the queue
        </span>
        <span>
          <Keys keys=">" /> commands only
        </span>
      </Spotlight.Footer>
    </Spotlight.Root>
  )
}

function emptyText(state: ReturnType<typeof useFound>['state'], commandsOnly: boolean): string {
  if (commandsOnly) return 'No command has that name'
  if (state === 'looking') return 'Looking…'
  return state === 'failed' ? 'The server could not be asked. Check that the console still runs.' : 'Nothing has that name, and no command'
}
