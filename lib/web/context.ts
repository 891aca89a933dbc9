import { LOCAL_ANALYST, type Context } from '@/lib/auth/context'
import { createClient } from '@/lib/db/client'
import { EventReader } from '@/lib/db/event-reader'
import { openReader } from '@/lib/db/open'
import { readEnv } from '@/lib/env'

/** On the global object, because Next may load this module more than once in a process: one set of connections serves all. */
const CONTEXT = Symbol.for('linklocal.context')

function isContext(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && 'db' in value && 'events' in value
}

/**
 * Who acts and on what, for pages, server actions and route handlers. The connections are opened on first use and live as
 * long as the process; the database has been created and migrated by then, because the runtime starts before Next.
 */
export function getContext(): Context {
  const known: unknown = Reflect.get(globalThis, CONTEXT)
  if (isContext(known)) return known
  const { dataDir } = readEnv()
  const context: Context = {
    actor: LOCAL_ANALYST,
    db: createClient(dataDir),
    events: new EventReader(openReader(dataDir)),
    clock: () => new Date(),
  }
  Reflect.set(globalThis, CONTEXT, context)
  return context
}
