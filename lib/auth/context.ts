/** lib/auth: who acts. Until accounts exist there is one person at one console, bound to the loopback address. */
import type { PrismaClient } from '@/lib/db/client'
import type { EventReader } from '@/lib/db/event-reader'

export interface Actor {
  readonly name: string
}

export const LOCAL_ANALYST: Actor = { name: 'local analyst' }

/** What every verb takes: who acts, on which records, at what time. */
export interface Context {
  readonly actor: Actor
  readonly db: PrismaClient
  /** Stored events, decompressed on demand. */
  readonly events: EventReader
  readonly clock: () => Date
}
