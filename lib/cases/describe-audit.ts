import type { CaseAuditEntry } from './schema'

const FIELD_NAMES: Readonly<Record<string, string>> = { title: 'title', description: 'description', status: 'status', severity: 'severity', tlp: 'TLP' }

function text(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : ''
}

/** `in_progress` as `in progress`. */
function words(value: unknown): string {
  return text(value) === 'in_progress' ? 'in progress' : text(value)
}

function list(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return 'no alerts'
  const names = value.map(text)
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
}

function isChange(value: unknown): value is { before: unknown; after: unknown } {
  return typeof value === 'object' && value !== null && 'before' in value && 'after' in value
}

/** An audit row of a case as a person would say it: "Changed the status from open to closed". */
export function describeAudit({ action, detail }: Pick<CaseAuditEntry, 'action' | 'detail'>): string {
  switch (action) {
    case 'case.create':
      return `Opened the case with ${list(detail['alerts'])}`
    case 'case.add_alerts':
      return `Added ${list(detail['alerts'])}`
    case 'case.remove_alert':
      return `Removed ${list(detail['alerts'])}`
    case 'case.undo':
      return `Undid: ${text(detail['text'])}`
    case 'case.add_note':
      return 'Added a note'
    case 'case.export':
      return `Exported the case as ${text(detail['file']) || 'a ZIP'}`
    case 'case.update':
    case 'case.close': {
      const changes = Object.entries(detail).flatMap(([field, change]) => {
        if (!isChange(change)) return []
        const name = FIELD_NAMES[field] ?? field
        return [field === 'description' ? `changed the ${name}` : `changed the ${name} from ${words(change.before)} to ${words(change.after)}`]
      })
      const sentence = changes.join(', ')
      return sentence === '' ? 'Changed the case' : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`
    }
    default:
      return action
  }
}
