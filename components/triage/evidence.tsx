import { IconAlertTriangle, IconArrowUpRight } from '@tabler/icons-react'
import Link from 'next/link'
import { maskSecrets } from '@/lib/text/secrets'
import { Mono } from '@/components/ui/machine-text/mono'
import { visibleText } from '@/lib/text/visible-text'
import type { Evidence as EvidenceData, EvidenceValue } from '@/lib/triage/schema'
import classes from './checklist.module.css'

function Value({ value }: { value: EvidenceValue }) {
  return (
    <div className={classes.value} data-flagged={value.flag !== null || undefined}>
      {value.values.map((text, i) => (
        <span key={`${i}`} className={classes.text}>
          <Mono>{maskSecrets(text)}</Mono>
        </span>
      ))}
      {value.records.length > 0 && <span className={classes.records}>{value.records.join(', ')}</span>}
      {value.flag !== null && (
        <span className={classes.flag}>
          <IconAlertTriangle size={13} stroke={1.9} aria-label="Look twice:" /> {visibleText(value.flag)}
        </span>
      )}
    </div>
  )
}

/** What the alert says about the fields a step asks for, each with why to look twice and where there is more. */
export function Evidence({ evidence }: { evidence: readonly EvidenceData[] }) {
  if (evidence.length === 0) return null
  return (
    <dl className={classes.evidence}>
      {evidence.map(({ field, values, link }) => (
        <div key={field} className={classes.fact}>
          <dt>{field}</dt>
          <dd>
            {values.length === 0 && <span className={classes.absent}>not in these records</span>}
            {values.map((value, i) => (
              <Value key={`${i}`} value={value} />
            ))}
            {link && (
              <Link href={link.href} prefetch={false} className={classes.more}>
                {link.text} <IconArrowUpRight size={13} stroke={1.8} aria-hidden />
              </Link>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
