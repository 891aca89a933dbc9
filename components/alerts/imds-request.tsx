import { IconMapPin, IconShieldOff, IconShieldLock, IconUserShield } from '@tabler/icons-react'
import { IMDS_ICONS, IMDS_TONES } from '@/components/alerts/imds-marks'
import { Badge } from '@/components/ui/badge'
import { Mono } from '@/components/ui/machine-text/mono'
import { IMDS_PATH_LABELS, IMDS_PROVIDER_LABELS } from '@/lib/ecs/imds'
import type { ImdsFacts, ImdsPathClass } from '@/lib/ecs/imds'
import classes from './story.module.css'

const MEANING: Readonly<Record<ImdsPathClass, string>> = {
  credentials: 'Temporary credentials of a role or account: usable from anywhere until they expire.',
  user_data: 'The start-up script of the instance, which often holds secrets.',
  token: 'Asks for a session token first, as version 2 of the service wants it.',
  identity: 'Says which instance this is, partly signed: used to impersonate it or to look around.',
  other: 'Facts about the instance, such as its id, region or addresses.',
}

/** What was asked of the metadata service: whose, what it gives away, for which role, with or without a session token. */
export function ImdsRequest({ facts }: { facts: ImdsFacts }) {
  const { provider, pathClass, role, version, path } = facts
  const Mark = pathClass === null ? null : IMDS_ICONS[pathClass]
  return (
    <div className={classes.imds}>
      <div className={classes.badges}>
        {pathClass !== null && Mark && (
          <Badge tone={IMDS_TONES[pathClass]} icon={<Mark size={14} stroke={1.9} aria-hidden />}>
            {IMDS_PATH_LABELS[pathClass]}
          </Badge>
        )}
        {role !== null && (
          <Badge tone="bad" icon={<IconUserShield size={14} stroke={1.9} aria-hidden />}>
            <Mono>{role}</Mono>
          </Badge>
        )}
        {version !== null && (
          <Badge
            tone={version === 'v1' ? 'warn' : 'neutral'}
            icon={version === 'v1' ? <IconShieldOff size={14} stroke={1.9} aria-hidden /> : <IconShieldLock size={14} stroke={1.9} aria-hidden />}
            title={version === 'v1' ? 'Without a session token' : 'With a session token'}
          >
            IMDS{version}
          </Badge>
        )}
        {provider !== null && (
          <Badge variant="outline" icon={<IconMapPin size={14} stroke={1.9} aria-hidden />}>
            {IMDS_PROVIDER_LABELS[provider]}
          </Badge>
        )}
        {path !== null && <Mono>{path}</Mono>}
      </div>
      <p className={classes.meaning}>
        {pathClass === null ? 'The records do not say which path was asked for: look at what the program is, and at its other records.' : MEANING[pathClass]}
      </p>
    </div>
  )
}
