import { createSerializer, parseAsString } from 'nuqs/server'
import { serializeQueue, type QueueParams } from '@/components/alerts/queue-params'

/**
 * The address of the alert queue that lists what a number counts. Without a status all are listed, where the queue by itself
 * leaves out the closed ones; `capped` adds the alerts beyond their rule's cap, which the queue folds away.
 */
export function alertsHref(conditions: Partial<QueueParams>): string {
  return serializeQueue('/alerts', { status: ['all'], ...conditions })
}

const serializeException = createSerializer({ new: parseAsString, field: parseAsString, value: parseAsString })

/** The address of the exception editor with one condition filled in: the field equals the value. */
export function newExceptionHref(field: string, value: string): string {
  return serializeException('/exceptions', { new: '1', field, value })
}
