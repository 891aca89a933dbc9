import { IconCopy, IconFlask, IconShieldCheck, IconShieldX, IconTargetArrow } from '@tabler/icons-react'
import { Badge, type Tone } from '@/components/ui/badge'

/** What an analyst decided an alert to be. */
export type Verdict = 'true_positive' | 'benign_true_positive' | 'false_positive' | 'test' | 'duplicate'

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  true_positive: 'True positive',
  benign_true_positive: 'Benign true positive',
  false_positive: 'False positive',
  test: 'Test',
  duplicate: 'Duplicate',
}

const LOOK = {
  true_positive: { tone: 'bad', icon: IconTargetArrow },
  benign_true_positive: { tone: 'good', icon: IconShieldCheck },
  false_positive: { tone: 'neutral', icon: IconShieldX },
  test: { tone: 'neutral', icon: IconFlask },
  duplicate: { tone: 'neutral', icon: IconCopy },
} as const satisfies Record<Verdict, { tone: Tone; icon: unknown }>

/** A verdict by mark, colour and word. */
export function VerdictBadge({ verdict, variant = 'soft' }: { verdict: Verdict; variant?: 'soft' | 'plain' }) {
  const { tone, icon: Icon } = LOOK[verdict]
  return (
    <Badge tone={tone} variant={variant} icon={<Icon size={14} stroke={1.9} aria-hidden />}>
      {VERDICT_WORDS[verdict]}
    </Badge>
  )
}
