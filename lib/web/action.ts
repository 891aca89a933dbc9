import { randomBytes } from 'node:crypto'
import { asRefusal } from '@/lib/errors'
import type { ActionResult, Conflict } from '@/lib/errors'

export type { ActionResult } from '@/lib/errors'

/** What a verb's refusal says about single fields: `details.fields`, or its message for the one named by `details.field`. */
function fieldsOf(message: string, details: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const { field, fields } = details
  if (typeof fields === 'object' && fields !== null) {
    return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  }
  return typeof field === 'string' && field !== '' ? { [field]: message } : {}
}

/** What others changed meanwhile, as `requireSeen` and `undoAct` say it. */
function conflictOf({ conflict }: Readonly<Record<string, unknown>>): { readonly conflict?: Conflict } {
  return typeof conflict === 'object' && conflict !== null && 'alertIds' in conflict ? { conflict: conflict as Conflict } : {}
}

/**
 * The one place where a thrown value becomes the answer of a server action: an AppError with its message and fields, anything
 * else with a reference under which the server's log has the stack.
 */
export async function runAction<T>(run: () => Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    const refusal = asRefusal(error)
    if (refusal) return { ok: false, error: { code: refusal.code, message: refusal.message, fields: fieldsOf(refusal.message, refusal.details), ...conflictOf(refusal.details) } }
    const reference = `E-${randomBytes(4).toString('hex')}`
    process.stderr.write(`linklocal: ${reference}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    const message = `Something went wrong that should not have. The server’s log has it under ${reference}.`
    return { ok: false, error: { code: 'internal', message, fields: {} } }
  }
}
