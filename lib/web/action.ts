import { randomBytes } from 'node:crypto'
import { isAppError } from '@/lib/errors'
import type { ActionResult } from '@/lib/errors'

export type { ActionResult } from '@/lib/errors'

/**
 * The one place where a thrown value becomes the answer of a server action: an AppError with its message and field, anything
 * else with a reference under which the server's log has the stack.
 */
export async function runAction<T>(run: () => Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    if (isAppError(error)) {
      const field = error.details['field']
      return { ok: false, code: error.code, message: error.message, ...(typeof field === 'string' && field !== '' ? { field } : {}) }
    }
    const reference = `E-${randomBytes(4).toString('hex')}`
    process.stderr.write(`linklocal: ${reference}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return { ok: false, code: 'internal', message: `Something went wrong that should not have. The server’s log has it under ${reference}.` }
  }
}
