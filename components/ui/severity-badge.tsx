import { Badge } from '@/components/ui/badge'
import { SeverityMark, type Severity } from '@/components/ui/severity-mark'

const WORDS: Record<Severity, string> = { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' }

/** A severity by colour, shape and word. */
export function SeverityBadge({ severity, variant = 'soft' }: { severity: Severity; variant?: 'soft' | 'plain' }) {
  return (
    <Badge tone={severity} variant={variant} icon={<SeverityMark severity={severity} />}>
      {WORDS[severity]}
    </Badge>
  )
}
