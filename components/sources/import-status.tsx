import { IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleHalf2, IconCircleMinus, IconPlugConnectedX } from '@tabler/icons-react'
import { Badge, type Tone } from '@/components/ui/badge'

const LOOK = {
  running: { word: 'Running', tone: 'accent', icon: IconCircleHalf2 },
  waiting: { word: 'Waits for its sender', tone: 'warn', icon: IconPlugConnectedX },
  done: { word: 'Complete', tone: 'good', icon: IconCircleCheckFilled },
  failed: { word: 'Ended early', tone: 'bad', icon: IconAlertTriangleFilled },
  cancelled: { word: 'Cancelled', tone: 'warn', icon: IconCircleMinus },
} as const satisfies Record<string, { word: string; tone: Tone; icon: unknown }>

/** The state of an import by shape, colour and word. */
export function ImportStatus({ status }: { status: string }) {
  const { word, tone, icon: Icon } = LOOK[status as keyof typeof LOOK] ?? LOOK.running
  return (
    <Badge tone={tone} variant="plain" icon={<Icon size={14} aria-hidden />}>
      {word}
    </Badge>
  )
}
