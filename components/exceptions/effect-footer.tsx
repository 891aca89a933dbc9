import { Checkbox } from '@mantine/core'
import { IconAlertOctagonFilled, IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react'
import { Fragment } from 'react'
import { alertsToken, fieldsToken, type Acknowledged, type EffectVerdict } from '@/components/exceptions/effect-verdict'
import { alertRef } from '@/lib/alerts/schema'
import type { HiddenAlert } from '@/lib/exceptions/schema'
import classes from './effect-footer.module.css'

const ICONS = { unknown: IconCircleDashed, good: IconCircleCheckFilled, warn: IconAlertTriangleFilled, bad: IconAlertOctagonFilled } as const
const NAMED = 4

interface EffectFooterProps {
  readonly verdict: EffectVerdict
  readonly acknowledged: Acknowledged
  readonly onAcknowledge: (next: Acknowledged) => void
}

/** The verdict of the effect where the button is, and the ticks that it wants. */
export function EffectFooter({ verdict, acknowledged, onAcknowledge }: EffectFooterProps) {
  const { tone, text, hides, unknownFields } = verdict
  const Icon = ICONS[tone]
  const alerts = alertsToken(hides)
  const fields = fieldsToken(unknownFields)
  return (
    <div className={classes.verdict} data-tone={tone}>
      <Icon size={17} aria-hidden className={classes.icon} />
      <div className={classes.words} role={tone === 'bad' ? 'alert' : 'status'}>
        <p className={classes.text} title={text}>
          {text}
          {hides.length > 0 && (
            <>
              {': '}
              <Named alerts={hides} />
            </>
          )}
        </p>
      </div>
      <div className={classes.ticks}>
        {hides.length > 0 && (
          <Checkbox
            size="xs"
            label={hides.length === 1 ? 'Hide it all the same' : 'Hide them all the same'}
            checked={acknowledged.alerts === alerts}
            onChange={(event) => onAcknowledge({ ...acknowledged, alerts: event.currentTarget.checked ? alerts : '' })}
          />
        )}
        {unknownFields.length > 0 && (
          <Checkbox
            size="xs"
            label={`I mean ${unknownFields.map(({ field }) => field).join(', ')}`}
            checked={acknowledged.fields === fields}
            onChange={(event) => onAcknowledge({ ...acknowledged, fields: event.currentTarget.checked ? fields : '' })}
          />
        )}
      </div>
    </div>
  )
}

function Named({ alerts }: { alerts: readonly HiddenAlert[] }) {
  return (
    <>
      {alerts.slice(0, NAMED).map(({ id, verdict, reason, cases: [first] }, at) => (
        <Fragment key={id}>
          {at > 0 && ', '}
          <a href={`/alerts/${alertRef(id)}`} target="_blank" rel="noreferrer" title={reason}>
            {alertRef(id)}
          </a>
          {alerts.length === 1 && ` ${reason}`} ({[verdict === 'true_positive' ? 'true positive' : '', first ? `in case “${first.title}”` : ''].filter((word) => word !== '').join(', ')})
        </Fragment>
      ))}
      {alerts.length > NAMED && ` and ${(alerts.length - NAMED).toLocaleString('en')} more`}
    </>
  )
}
