import { IconFileCode, IconHelpCircle, IconId, IconInfoCircle, IconKey, IconTicket } from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'
import type { Tone } from '@/components/ui/badge'
import type { ImdsPathClass } from '@/lib/ecs/imds'

/** How much each kind of path gives away, by colour; the mark beside it says the same without. */
export const IMDS_TONES: Readonly<Record<ImdsPathClass, Tone>> = { credentials: 'bad', user_data: 'warn', token: 'accent', identity: 'warn', other: 'neutral' }

export const IMDS_ICONS: Readonly<Record<ImdsPathClass, Icon>> = {
  credentials: IconKey,
  user_data: IconFileCode,
  token: IconTicket,
  identity: IconId,
  other: IconInfoCircle,
}

export const UNSAID_ICON: Icon = IconHelpCircle
