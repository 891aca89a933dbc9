import { Mono } from '@/components/ui/machine-text/mono'
import { LIMITS } from '@/lib/limits'
import classes from './truncated-keys.module.css'

/** Canonical JSON of a key's values as a person reads it; what is not that is shown as it is. */
export function keyText(key: string): string {
  try {
    const values: unknown = JSON.parse(key)
    if (Array.isArray(values)) return values.map((value) => (value === null ? 'none' : String(value))).join(', ')
  } catch {
    // Below.
  }
  return key
}

/** Says for which keys a join did not look at all events, and what that means. */
export function TruncatedKeys({ keys }: { keys: readonly string[] }) {
  if (keys.length === 0) return null
  const number = keys.length >= LIMITS.truncatedKeys ? `${LIMITS.truncatedKeys.toLocaleString('en')} keys or more` : keys.length === 1 ? 'one key' : `${keys.length} keys`
  return (
    <details className={classes.details}>
      <summary>
        Cut short for {number}: not everything within reach was looked at
      </summary>
      <p>
        More than {LIMITS.joinEvents.toLocaleString('en')} events of one key lie within the rule’s span, or a process has more than {LIMITS.processRecords} records or{' '}
        {LIMITS.seclAncestors} ancestors, or an event stands for {LIMITS.eqlKeyCombinations.toLocaleString('en')} keys or more. Matches may be missing that began before the newest events or needed what was left out. Narrow the rule.
      </p>
      <ul>
        {keys.map((key) => (
          <li key={key}>
            <Mono>{keyText(key)}</Mono>
          </li>
        ))}
      </ul>
    </details>
  )
}
