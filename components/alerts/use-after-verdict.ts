'use client'

import { notifications } from '@mantine/notifications'
import { useRouter } from 'next/navigation'
import type { AlertActions } from '@/components/alerts/alert-actions'
import type { TriageList } from '@/components/alerts/triage-panel'
import { useCommands } from '@/components/ui/commands/command-provider'
import { useMostRows } from '@/components/ui/data-table/list-place'
import { storeText, useStoredText } from '@/components/ui/stored-text'
import { alertRef } from '@/lib/alerts/schema'
import type { AlertSummary } from '@/lib/alerts/schema'

const SETTING = 'll-after-verdict'
const STAY = 'stay'

/** `7 of 41 left`: of those the list held when the analyst began with it. */
export function leftWords({ left, total }: Pick<TriageList, 'left' | 'total'>, most: number | undefined): string {
  if (left === 0) return 'None left in this list'
  const of = Math.max(most ?? 0, total, left)
  return of === left ? `${left.toLocaleString('en')} left in this list` : `${left.toLocaleString('en')} of ${of.toLocaleString('en')} left`
}

/** What follows a verdict on the alert's page: the next one of the list without a verdict, unless the setting keeps it where it is. */
export function useAfterVerdict(alert: Pick<AlertSummary, 'id'>, list: TriageList, nextUndecided: AlertActions['nextUndecided']) {
  const router = useRouter()
  const goesOn = useStoredText(SETTING) !== STAY
  const most = useMostRows(list.address)
  const setGoesOn = (on: boolean) => storeText(SETTING, on ? undefined : STAY)
  useCommands([
    {
      id: 'alert.afterVerdict',
      label: goesOn ? 'After a verdict: stay on the alert' : 'After a verdict: open the next one',
      group: 'Alert',
      run: () => setGoesOn(!goesOn),
    },
  ])
  const go = async () => {
    if (!goesOn) return
    // Asked now: the next one of when the page was read may be decided as well.
    const answer = await nextUndecided(alert.id, list.filter, list.sort).catch(() => undefined)
    if (!answer?.ok) return
    const { next } = answer.value
    if (next === null) notifications.show({ message: 'That was the last one of this list without a verdict.' })
    else router.push(`/alerts/${alertRef(next)}${list.search}`)
  }
  return { goesOn, setGoesOn, words: leftWords(list, most), go }
}
