'use client'

import { ActionIcon, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { useCommands } from '@/components/ui/commands/command-provider'
import { movePlace } from '@/components/ui/data-table/list-place'
import classes from './alert-position.module.css'

interface Neighbour {
  readonly id: number
  readonly href: string
}

interface AlertPositionProps {
  readonly alertId: number
  readonly position: number | null
  readonly total: number
  readonly previous: Neighbour | null
  readonly next: Neighbour | null
  /** The list, on the page where the alert is. */
  readonly listHref: string
}

/** Where the alert stands in the list one came from, with the way to its neighbours: `3 of 41`, keys `k` and `j`. */
export function AlertPosition({ alertId, position, total, previous, next, listHref }: AlertPositionProps) {
  const router = useRouter()
  // Back in the list, its cursor is on what was looked at last.
  const [before, after] = [previous?.id, next?.id]
  useEffect(() => {
    movePlace(listHref, String(alertId), [before, alertId, after].flatMap((id) => (id === undefined ? [] : [String(id)])))
  }, [listHref, alertId, before, after])
  const group = 'List'
  useCommands([
    ...(next === null ? [] : [{ id: 'alerts.next', label: 'Next alert', group, keys: 'j', run: () => router.push(next.href) }]),
    ...(previous === null ? [] : [{ id: 'alerts.previous', label: 'Previous alert', group, keys: 'k', run: () => router.push(previous.href) }]),
    { id: 'alerts.list', label: 'Back to the list', group, keys: 'u', icon: <IconArrowBackUp size={18} stroke={1.7} />, run: () => router.push(listHref) },
  ])
  const step = (to: Neighbour | null, label: string, icon: React.ReactNode) => (
    <Tooltip label={label}>
      {to === null ? (
        <ActionIcon variant="default" aria-label={label} disabled>
          {icon}
        </ActionIcon>
      ) : (
        <ActionIcon component={Link} href={to.href} variant="default" aria-label={label}>
          {icon}
        </ActionIcon>
      )}
    </Tooltip>
  )
  return (
    <nav className={classes.position} aria-label="Alerts of the list">
      <span className={classes.words}>
        {position === null ? 'Not in this list' : `${position.toLocaleString('en')} of ${total.toLocaleString('en')}`}
      </span>
      {step(previous, 'Previous alert', <IconChevronUp size={16} stroke={1.8} />)}
      {step(next, 'Next alert', <IconChevronDown size={16} stroke={1.8} />)}
    </nav>
  )
}
