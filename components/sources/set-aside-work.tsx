import { keyText } from '@/components/sources/truncated-keys'
import { Mono } from '@/components/ui/machine-text/mono'
import type { SetAsideWork as Work } from '@/lib/detect/schema'
import { LIMITS } from '@/lib/limits'
import classes from './truncated-keys.module.css'

const WHAT = {
  key: { one: 'one key', many: 'keys', is: 'could not be joined', means: 'Alerts of them may be missing or out of date.' },
  event: { one: 'one stored event', many: 'stored events', is: 'could not be read again', means: 'Rules saw them without what became known of their processes later.' },
} as const

/** Says what failed again and again and is passed over, why, and when it is tried again. */
export function SetAsideWork({ of, work }: { of: keyof typeof WHAT; work: readonly Work[] }) {
  if (work.length === 0) return null
  const { one, many, is, means } = WHAT[of]
  const number = work.length >= LIMITS.setAsideNamed ? `${LIMITS.setAsideNamed.toLocaleString('en')} ${many} or more` : work.length === 1 ? one : `${work.length} ${many}`
  return (
    <details className={classes.details}>
      <summary>
        Set aside: {number} {is}
      </summary>
      <p>
        It failed each of the times it was tried, which is a fault of Linklocal. {means} It is tried again when Linklocal starts anew or rules are changed.
      </p>
      <ul>
        {work.map(({ key, error }) => (
          <li key={key}>
            <Mono>{of === 'key' ? keyText(key) : `event ${key}`}</Mono>: {error}
          </li>
        ))}
      </ul>
    </details>
  )
}
