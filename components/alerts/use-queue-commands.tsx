'use client'

import { IconBriefcase2, IconChecks, IconFilterOff, IconMessagePlus, IconShieldCheck, IconShieldX, IconTargetArrow } from '@tabler/icons-react'
import { useCommands } from '@/components/ui/commands/command-provider'
import type { AlertSummary, Verdict } from '@/lib/alerts/schema'

interface QueueCommands {
  readonly enabled: boolean
  /** What the commands are for: `A-12`, `3 alerts`. */
  readonly what: string
  /** The one alert they are for, when it is one. */
  readonly single: AlertSummary | undefined
  readonly onAcknowledge: () => void
  readonly onClose: (verdict: Verdict) => void
  readonly onExclude: (alert: AlertSummary) => void
  readonly onNote: (alert: AlertSummary) => void
}

const VERDICT_KEYS = [
  { verdict: 'false_positive', keys: 'f', words: 'false positive', icon: IconShieldX },
  { verdict: 'benign_true_positive', keys: 'b', words: 'benign', icon: IconShieldCheck },
  { verdict: 'true_positive', keys: 't', words: 'true positive', icon: IconTargetArrow },
] as const

/** Without a row there is nothing to decide; the help tells the keys all the same. */
const NO_ROW = 'for the row under the cursor (j, k) or those selected (x)'

/** Triage by key, on the selected rows or else on the one under the cursor. */
export function useQueueCommands({ enabled, what: which, single, onAcknowledge, onClose, onExclude, onNote }: QueueCommands): void {
  const group = 'Alert'
  const what = enabled ? which : 'the alert'
  const all = [
    { id: 'alert.acknowledge', label: `Acknowledge ${what}`, group, keys: 'a', icon: <IconChecks size={18} stroke={1.7} />, run: onAcknowledge },
    ...VERDICT_KEYS.map(({ verdict, keys, words, icon: Icon }) => ({
      id: `alert.${verdict}`,
      label: `Close ${what} as ${words}…`,
      group,
      keys,
      icon: <Icon size={18} stroke={1.7} />,
      run: () => onClose(verdict),
    })),
    ...(single || !enabled
      ? [
          { id: 'alert.exclude', label: `Exclude what raised ${what}…`, group, keys: 'e', icon: <IconFilterOff size={18} stroke={1.7} />, run: () => single && onExclude(single) },
          { id: 'alert.note', label: `Write a note on ${what}`, group, keys: 'n', icon: <IconMessagePlus size={18} stroke={1.7} />, run: () => single && onNote(single) },
        ]
      : []),
  ]
  // With a row its key belongs to the dialog that is there for it.
  const adding = { id: 'alert.addToCase', label: 'Add to case…', group, keys: 'c', icon: <IconBriefcase2 size={18} stroke={1.7} />, run: () => undefined }
  useCommands(enabled ? all : [...all, adding].map((command) => ({ ...command, unavailable: NO_ROW })))
}
