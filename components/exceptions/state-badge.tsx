import { IconCircleCheckFilled, IconCircleOff, IconClockExclamation, IconClockOff, IconClockPlay } from '@tabler/icons-react'
import { Badge, type Tone } from '@/components/ui/badge'
import type { ExceptionState } from '@/lib/exceptions/schema'

const LOOK = {
  active: { word: 'Active', tone: 'good', icon: IconCircleCheckFilled },
  expiring: { word: 'Ends soon', tone: 'warn', icon: IconClockExclamation },
  scheduled: { word: 'Not started', tone: 'accent', icon: IconClockPlay },
  expired: { word: 'Expired', tone: 'neutral', icon: IconClockOff },
  disabled: { word: 'Disabled', tone: 'neutral', icon: IconCircleOff },
} as const satisfies Record<ExceptionState, { word: string; tone: Tone; icon: unknown }>

/** Whether an exception holds anything back, by mark, colour and word. */
export function StateBadge({ state }: { state: ExceptionState }) {
  const { word, tone, icon: Icon } = LOOK[state]
  return (
    <Badge tone={tone} icon={<Icon size={14} aria-hidden />}>
      {word}
    </Badge>
  )
}
