import { IconAlertOctagonFilled } from '@tabler/icons-react'
import { Badge } from '@/components/ui/badge'
import { alertRef } from '@/lib/alerts/schema'

const NAMED = 5

/** Says of an exception in force that it hides true positives, and which. */
export function HidesBadge({ hides }: { hides: readonly number[] }) {
  const [first] = hides
  if (first === undefined) return null
  const names = `${hides.slice(0, NAMED).map(alertRef).join(', ')}${hides.length > NAMED ? ', …' : ''}`
  return (
    <a href={`/alerts/${alertRef(first)}`} title={`It would have held back ${names}, closed as true positive or in a case.`}>
      <Badge tone="bad" icon={<IconAlertOctagonFilled size={13} aria-hidden />}>
        Hides {hides.length === 1 ? `${alertRef(first)}, a true positive` : `${hides.length.toLocaleString('en')} true positives`}
      </Badge>
    </a>
  )
}
