import { IMDS_ICONS, IMDS_TONES, UNSAID_ICON } from '@/components/alerts/imds-marks'
import { Badge } from '@/components/ui/badge'
import { Mono } from '@/components/ui/machine-text/mono'
import { IMDS_PATH_LABELS, IMDS_PROVIDER_LABELS } from '@/lib/ecs/imds'
import type { ImdsFacts } from '@/lib/ecs/imds'
import classes from './queue.module.css'

/** What was asked of a metadata service, in a cell: theft of credentials is told from harmless facts at a glance. */
export function AskedFor({ imds }: { imds: ImdsFacts | null }) {
  if (imds === null) return <span className={classes.none}>–</span>
  const { pathClass, role, provider, version } = imds
  const under = [provider === null ? null : IMDS_PROVIDER_LABELS[provider], version].filter((part) => part !== null)
  const Icon = pathClass === null ? UNSAID_ICON : IMDS_ICONS[pathClass]
  return (
    <span className={classes.asked}>
      <Badge
        tone={pathClass === null ? 'neutral' : IMDS_TONES[pathClass]}
        variant="plain"
        icon={<Icon size={14} stroke={1.9} aria-hidden />}
        title={pathClass === null ? 'The records name the service, not the path that was asked for.' : undefined}
      >
        {pathClass === null ? 'Not said' : IMDS_PATH_LABELS[pathClass]}
      </Badge>
      {role !== null && (
        <span className={classes.role}>
          <span className="visually-hidden">of </span>
          <Mono overflow="clip">{role}</Mono>
        </span>
      )}
      {under.length > 0 && <span className={classes.under}>{under.join(' · ')}</span>}
    </span>
  )
}
