'use client'

import { ActionIcon, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useCommands } from '@/components/ui/commands/command-provider'
import classes from './alert-position.module.css'

interface AlertPositionProps {
  readonly position: number | null
  readonly total: number
  readonly previousHref: string | null
  readonly nextHref: string | null
  readonly listHref: string
}

/** Where the alert stands in the list one came from, with the way to its neighbours: `3 of 41`, keys `k` and `j`. */
export function AlertPosition({ position, total, previousHref, nextHref, listHref }: AlertPositionProps) {
  const router = useRouter()
  const group = 'List'
  useCommands([
    ...(nextHref === null ? [] : [{ id: 'alerts.next', label: 'Next alert', group, keys: 'j', run: () => router.push(nextHref) }]),
    ...(previousHref === null ? [] : [{ id: 'alerts.previous', label: 'Previous alert', group, keys: 'k', run: () => router.push(previousHref) }]),
    { id: 'alerts.list', label: 'Back to the list', group, keys: 'u', icon: <IconArrowBackUp size={18} stroke={1.7} />, run: () => router.push(listHref) },
  ])
  const step = (href: string | null, label: string, icon: React.ReactNode) => (
    <Tooltip label={label}>
      {href === null ? (
        <ActionIcon variant="default" aria-label={label} disabled>
          {icon}
        </ActionIcon>
      ) : (
        <ActionIcon component={Link} href={href} variant="default" aria-label={label}>
          {icon}
        </ActionIcon>
      )}
    </Tooltip>
  )
  return (
    <nav className={classes.position} aria-label="Alerts of the list">
      <span className={classes.words}>
        {position === null ? 'Not in the list' : `${position.toLocaleString('en')} of ${total.toLocaleString('en')}`}
      </span>
      {step(previousHref, 'Previous alert', <IconChevronUp size={16} stroke={1.8} />)}
      {step(nextHref, 'Next alert', <IconChevronDown size={16} stroke={1.8} />)}
    </nav>
  )
}
