import { alertRef } from '@/lib/alerts/schema'
import type { HiddenAlert } from './schema'

const NAMED = 5

/** `A-7 (true positive), A-9 (in the case “Theft”) and 3 more`. */
export function hiddenWords(alerts: readonly HiddenAlert[]): string {
  const named = alerts.slice(0, NAMED).map(({ id, verdict, cases: [first] }) => {
    const why = [verdict === 'true_positive' ? 'true positive' : '', first ? `in the case “${first.title}”` : ''].filter((word) => word !== '')
    return `${alertRef(id)} (${why.join(', ')})`
  })
  return alerts.length > NAMED ? `${named.join(', ')} and ${alerts.length - NAMED} more` : named.join(', ')
}
