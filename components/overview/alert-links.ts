import { createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral, type inferParserType } from 'nuqs/server'
import { ALERT_STATUSES } from '@/lib/alerts/schema'
import { SEVERITIES } from '@/lib/rules/schema'

/** The parameters of the alert queue's address that the overview and the rules link to. Times are ISO 8601. */
const parameters = {
  status: parseAsArrayOf(parseAsStringLiteral(ALERT_STATUSES)),
  severity: parseAsArrayOf(parseAsStringLiteral(SEVERITIES)),
  rule: parseAsArrayOf(parseAsString),
  parent: parseAsArrayOf(parseAsString),
  from: parseAsString,
  to: parseAsString,
}
const serialize = createSerializer(parameters)
type AlertConditions = Partial<inferParserType<typeof parameters>>

/** The address of the alert queue with these conditions in force. */
export function alertsHref(filter: AlertConditions): string {
  return serialize('/alerts', filter)
}

const serializeException = createSerializer({ new: parseAsString, field: parseAsString, value: parseAsString })

/** The address of the exception editor with one condition filled in: the field equals the value. */
export function newExceptionHref(field: string, value: string): string {
  return serializeException('/exceptions', { new: '1', field, value })
}
