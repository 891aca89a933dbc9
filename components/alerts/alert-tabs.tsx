'use client'

import { Tabs } from '@mantine/core'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import type { ReactNode } from 'react'
import { useCommands } from '@/components/ui/commands/command-provider'
import classes from './alert-tabs.module.css'

const NAMES = ['story', 'why', 'tree', 'events', 'related', 'history'] as const
type TabName = (typeof NAMES)[number]

const LABELS: Readonly<Record<TabName, string>> = {
  story: 'Story',
  why: 'Why',
  tree: 'Process tree',
  events: 'Events',
  related: 'Related',
  history: 'History',
}

export interface AlertTab {
  readonly content: ReactNode
  /** Shown beside the name. */
  readonly count?: number
}

/** The parts of an alert, one at a time; which one stands in the URL, and the keys 1 to 6 go there. */
export function AlertTabs({ tabs }: { tabs: Readonly<Record<TabName, AlertTab>> }) {
  const [tab, setTab] = useQueryState('tab', parseAsStringLiteral(NAMES).withDefault('story').withOptions({ history: 'replace' }))
  useCommands(NAMES.map((name, i) => ({ id: `alert.tab.${name}`, label: LABELS[name], group: 'Alert', keys: String(i + 1), run: () => void setTab(name) })))
  return (
    <Tabs value={tab} onChange={(value) => void setTab(NAMES.find((name) => name === value) ?? 'story')} keepMounted={false} classNames={{ list: classes.list, tab: classes.tab, panel: classes.panel }}>
      <Tabs.List aria-label="Parts of the alert">
        {NAMES.map((name) => {
          const { count } = tabs[name]
          return (
            <Tabs.Tab key={name} value={name}>
              {LABELS[name]}
              {count !== undefined && <span className={classes.count}>{count.toLocaleString('en')}</span>}
            </Tabs.Tab>
          )
        })}
      </Tabs.List>
      {NAMES.map((name) => (
        <Tabs.Panel key={name} value={name}>
          {/* The tab says it to the eye; the outline needs it as a heading between the alert's and those inside. */}
          <h2 className="visually-hidden">{LABELS[name]}</h2>
          {tabs[name].content}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
