import { IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleDashed, IconCircleHalf2, IconCircleMinus, IconPlugX } from '@tabler/icons-react'
import { Badge, type Tone } from '@/components/ui/badge'
import type { DetectionRun } from '@/lib/detect/schema'

const LOOK = {
  queued: { word: 'Waiting', tone: 'neutral', icon: IconCircleDashed },
  running: { word: 'Running', tone: 'accent', icon: IconCircleHalf2 },
  done: { word: 'Done', tone: 'good', icon: IconCircleCheckFilled },
  cancelled: { word: 'Cancelled', tone: 'warn', icon: IconCircleMinus },
  failed: { word: 'Ended early', tone: 'bad', icon: IconAlertTriangleFilled },
  interrupted: { word: 'Interrupted', tone: 'bad', icon: IconPlugX },
} as const satisfies Record<DetectionRun['status'], { word: string; tone: Tone; icon: unknown }>

/** The state of a run by shape, colour and word. */
export function RunStatus({ status }: { status: DetectionRun['status'] }) {
  const { word, tone, icon: Icon } = LOOK[status]
  return (
    <Badge tone={tone} variant="plain" icon={<Icon size={14} aria-hidden />}>
      {word}
    </Badge>
  )
}
