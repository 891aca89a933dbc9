'use client'

import { IconChevronRight, IconListCheck } from '@tabler/icons-react'
import { useOptimistic, useState, useTransition } from 'react'
import { ChecklistItem } from '@/components/triage/checklist-item'
import { applyItemChange } from '@/components/triage/optimistic-checklist'
import { useCommands } from '@/components/ui/commands/command-provider'
import { notifyRefused } from '@/components/ui/notify-refused'
import { ProgressPill } from '@/components/ui/progress-pill'
import { markOwn } from '@/components/ui/undo/own-acts'
import { tabId } from '@/components/ui/undo/tab-id'
import type { ActionResult } from '@/lib/errors'
import { SECTION_TITLES } from '@/lib/triage/schema'
import type { Checklist as ChecklistData, ChecklistSectionView, ItemState, SetItemStateInput } from '@/lib/triage/schema'
import classes from './checklist.module.css'

interface ChecklistProps {
  readonly alertId: number
  readonly checklist: ChecklistData
  readonly me: string
  /** The newest entry of the alert's history that the page shows. */
  readonly entry: number
  readonly setItemState: (input: SetItemStateInput) => Promise<ActionResult<unknown>>
}

/** The alert's checklist: the guide's steps, each with its evidence; a change shows at once and is written behind. */
export function Checklist({ alertId, checklist, me, entry, setItemState }: ChecklistProps) {
  const [, startTransition] = useTransition()
  const [shown, change] = useOptimistic(checklist, applyItemChange)

  const set = (itemKey: string, state: ItemState | null, note?: string, seen = entry) =>
    startTransition(async () => {
      markOwn([alertId])
      change({ itemKey, state, note, actor: me, at: new Date().toISOString() })
      const result = await setItemState({ alertId, itemKey, state, ...(note === undefined ? {} : { note }), seen: { entry: seen, tab: tabId() } })
      markOwn([alertId])
      if (result.ok) return
      const { message, conflict } = result.error
      notifyRefused({ title: 'The step was not changed', message, conflict, anyway: 'Change it anyway', onAnyway: (meant) => set(itemKey, state, note, meant) })
    })

  const next = shown.sections.filter(({ counted }) => counted).flatMap(({ items }) => items.filter((item) => item.state === null))[0]
  const mark = <IconListCheck size={18} stroke={1.7} />
  useCommands(next ? [{ id: 'alert.step', label: 'Mark the next step done', group: 'Alert', keys: 'd', icon: mark, run: () => set(next.key, 'done') }] : [])
  if (shown.sections.length === 0) return <p className={classes.nothing}>The guide of this rule names no steps.</p>
  return (
    <div className={classes.checklist}>
      {shown.sections.map((section) => (
        <Section key={section.section} alertId={alertId} section={section} onSet={set} />
      ))}
    </div>
  )
}

function Section({ alertId, section, onSet }: { alertId: number; section: ChecklistSectionView; onSet: (key: string, state: ItemState | null, note?: string) => void }) {
  const [toggled, setToggled] = useState<boolean>()
  const { counted, items } = section
  // Hints and a response nobody needs yet stay out of the way; a verdict that calls for the response opens it.
  const opened = toggled ?? counted
  const title = SECTION_TITLES[section.section]
  const done = items.filter(({ state }) => state === 'done' || state === 'not_applicable').length
  return (
    <section className={classes.section}>
      <h3 className={classes.heading}>
        <button type="button" aria-expanded={opened} onClick={() => setToggled(!opened)}>
          <IconChevronRight size={14} stroke={2} className={classes.chevron} aria-hidden />
          {title}
          <span className={classes.progress}>{counted ? <ProgressPill done={done} total={items.length} of="steps" /> : <span className={classes.count}>{items.length}</span>}</span>
        </button>
      </h3>
      {opened && (
        <ol className={classes.items}>
          {items.map((item, i) => (
            <ChecklistItem key={item.key} item={item} alertId={alertId} label={`${title} step ${i + 1}`} onSet={(state, note) => onSet(item.key, state, note)} />
          ))}
        </ol>
      )}
    </section>
  )
}
