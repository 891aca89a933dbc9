import { IconCircleCheckFilled, IconCircleDashed, IconCircleHalf2 } from '@tabler/icons-react'
import { Badge, type Tone } from '@/components/ui/badge'
import { CASE_STATUS_LABELS, tlpLabel } from '@/lib/cases/schema'
import type { CaseStatus, Tlp } from '@/lib/cases/schema'
import classes from './case-badges.module.css'

const LOOK = {
  open: { tone: 'accent', icon: IconCircleDashed },
  in_progress: { tone: 'warn', icon: IconCircleHalf2 },
  closed: { tone: 'neutral', icon: IconCircleCheckFilled },
} as const satisfies Record<CaseStatus, { tone: Tone; icon: unknown }>

/** A case's status by shape (dashed, half, full circle), colour and word. */
export function CaseStatusBadge({ status, variant = 'soft' }: { status: CaseStatus; variant?: 'soft' | 'plain' }) {
  const { tone, icon: Icon } = LOOK[status]
  return (
    <Badge tone={tone} variant={variant} icon={<Icon size={14} aria-hidden />}>
      {CASE_STATUS_LABELS[status]}
    </Badge>
  )
}

const TLP_MEANING: Readonly<Record<Tlp, string>> = {
  clear: 'May be published',
  green: 'May be shared within the community',
  amber: 'For the organisation and its clients, need to know',
  'amber+strict': 'For the organisation only, need to know',
  red: 'For named people only',
}

/** The Traffic Light Protocol's label in its own colours, which are the same in light and dark. */
export function TlpBadge({ tlp }: { tlp: Tlp }) {
  return (
    <span className={classes.tlp} data-tlp={tlp} title={TLP_MEANING[tlp]}>
      {tlpLabel(tlp)}
    </span>
  )
}
