import { createLoader, createSerializer, parseAsArrayOf, parseAsBoolean, parseAsInteger, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { parseCaseRef } from '@/lib/cases/schema'
import { ALERT_SORTS, ALERT_STATUSES, VERDICTS, alertFilterSchema } from '@/lib/alerts/schema'
import type { AlertFacet, AlertFilter, AlertSort } from '@/lib/alerts/schema'
import { IMDS_PATH_CLASSES } from '@/lib/ecs/imds'
import { SEVERITIES } from '@/lib/rules/schema'

/** Stands for null in the URL: nobody assigned, no verdict, no parent known, no path or role named. */
export const NONE = 'none'
/** What an analyst still has to do. */
export const UNDECIDED = ['open', 'acknowledged'] as const

/** Everything the queue shows, as its URL says it; the alert's page keeps it, to know its neighbours. */
export const queueParams = {
  status: parseAsArrayOf(parseAsStringLiteral([...ALERT_STATUSES, 'all'])).withDefault([...UNDECIDED]),
  severity: parseAsArrayOf(parseAsStringLiteral(SEVERITIES)).withDefault([]),
  rule: parseAsArrayOf(parseAsString).withDefault([]),
  host: parseAsArrayOf(parseAsString).withDefault([]),
  verdict: parseAsArrayOf(parseAsStringLiteral([...VERDICTS, NONE])).withDefault([]),
  assignee: parseAsArrayOf(parseAsString).withDefault([]),
  parent: parseAsArrayOf(parseAsString).withDefault([]),
  asked: parseAsArrayOf(parseAsStringLiteral([...IMDS_PATH_CLASSES, NONE])).withDefault([]),
  role: parseAsArrayOf(parseAsString).withDefault([]),
  about: parseAsArrayOf(parseAsString).withDefault([]),
  case: parseAsString,
  import: parseAsInteger,
  q: parseAsString.withDefault(''),
  from: parseAsString,
  to: parseAsString,
  capped: parseAsBoolean.withDefault(false),
  sort: parseAsStringLiteral(ALERT_SORTS).withDefault('time'),
  order: parseAsStringLiteral(['asc', 'desc']).withDefault('desc'),
  page: parseAsInteger.withDefault(1),
}

export const loadQueueParams = createLoader(queueParams)
export const serializeQueue = createSerializer(queueParams)
export type QueueParams = Awaited<ReturnType<typeof loadQueueParams>>

/** Rows of one page. */
export const QUEUE_PAGE_SIZE = 100

/** What names the list whatever its order and page: "7 of 41 left" counts in it. */
export function queueTotalAddress(params: QueueParams): string {
  return serializeQueue('/alerts', { ...params, sort: null, order: null, page: null })
}

/** The URL's name of a facet. */
export const FACET_PARAMS = {
  status: 'status',
  severity: 'severity',
  ruleId: 'rule',
  host: 'host',
  verdict: 'verdict',
  assignee: 'assignee',
  parent: 'parent',
  pathClass: 'asked',
  role: 'role',
} as const satisfies Record<AlertFacet, keyof typeof queueParams>

function orNull<T extends string>(values: readonly T[]): (Exclude<T, typeof NONE> | null)[] | undefined {
  if (values.length === 0) return undefined
  return values.map((value) => (value === NONE ? null : (value as Exclude<T, typeof NONE>)))
}

function orAny<T>(values: readonly T[]): T[] | undefined {
  return values.length === 0 ? undefined : [...values]
}

/** The filter the parameters ask for; a part that makes no sense does not limit. */
export function toFilter(params: QueueParams): AlertFilter {
  const status = params.status.filter((value) => value !== 'all')
  const wanted: Readonly<Record<string, unknown>> = {
    status: params.status.includes('all') ? undefined : orAny(status),
    severity: orAny(params.severity),
    ruleId: orAny(params.rule),
    host: orAny(params.host),
    verdict: orNull(params.verdict),
    assignee: orNull(params.assignee),
    parent: orNull(params.parent),
    pathClass: orNull(params.asked),
    role: orNull(params.role),
    about: orAny(params.about),
    caseId: params.case === null ? undefined : (parseCaseRef(params.case) ?? undefined),
    importId: params.import ?? undefined,
    text: params.q.trim() === '' ? undefined : params.q,
    overCap: params.capped ? undefined : false,
    from: params.from ?? undefined,
    to: params.to ?? undefined,
  }
  const shape = alertFilterSchema.shape
  const kept = Object.entries(wanted).filter(([key, value]) => value !== undefined && key in shape && shape[key as keyof typeof shape].safeParse(value).success)
  return alertFilterSchema.parse(Object.fromEntries(kept))
}

export function toSort(params: QueueParams): AlertSort {
  return { by: params.sort, descending: params.order === 'desc' }
}
