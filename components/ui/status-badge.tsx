import { IconCircleCheckFilled, IconCircleDashed, IconCircleHalf2 } from '@tabler/icons-react'
import { Badge, type Tone } from '@/components/ui/badge'

/** Where an alert or a case is on its way. */
export type Status = 'open' | 'acknowledged' | 'closed'

const LOOK = {
  open: { word: 'Open', tone: 'accent', icon: IconCircleDashed },
  acknowledged: { word: 'Acknowledged', tone: 'warn', icon: IconCircleHalf2 },
  closed: { word: 'Closed', tone: 'neutral', icon: IconCircleCheckFilled },
} as const satisfies Record<Status, { word: string; tone: Tone; icon: unknown }>

/** A status by shape (dashed, half, full circle), colour and word. */
export function StatusBadge({ status, variant = 'soft' }: { status: Status; variant?: 'soft' | 'plain' }) {
  const { word, tone, icon: Icon } = LOOK[status]
  return (
    <Badge tone={tone} variant={variant} icon={<Icon size={14} aria-hidden />}>
      {word}
    </Badge>
  )
}
