import type { RecordFact } from '@/components/alerts/record-facts'
import { FilledIn } from '@/components/alerts/filled-in'
import { maskSecrets } from '@/lib/text/secrets'
import { CopyButton } from '@/components/ui/copy-button'
import { Mono } from '@/components/ui/machine-text/mono'
import classes from './fact-list.module.css'

/** Facts of a record, label and value: what is read in full, identifiers on one line to be copied. */
export function FactList({ facts }: { facts: readonly RecordFact[] }) {
  if (facts.length === 0) return null
  return (
    <dl className={classes.facts}>
      {facts.map(({ field, label, value, kind, origin }) => (
        <div key={field} className={classes.fact}>
          <dt title={field}>{label}</dt>
          <dd>
            <span className={classes.value}>
              <Mono overflow={kind === 'id' ? 'clip' : 'wrap'} dimmed={kind === 'id'}>
                {kind === 'command' ? maskSecrets(value) : value}
              </Mono>
            </span>
            {origin !== null && <FilledIn origin={origin} />}
            <span className={classes.copy}>
              <CopyButton value={kind === 'command' ? maskSecrets(value) : value} label={`Copy ${label.toLowerCase()}`} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
