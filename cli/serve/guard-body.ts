/**
 * Holds the body of every request to its policy while it comes in: counted, cut off at its cap, and cut off when its sender
 * brings nothing. Stands before Next, so that no route and no action can forget it.
 */
import type { ServerResponse } from 'node:http'
import { AppError } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import type { BodyPolicy } from '@/lib/web/body-policy'
import { SenderGone } from '@/lib/web/sender-gone'
import type { BodyRequest } from './body-request'

/** Bytes of bodies that are held for their routes, from the first one read until the answer. */
export class HeldBodies {
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number = LIMITS.formHeldBytes) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /** False when there is no room for them. */
  hold(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false
    this.#bytes += bytes
    return true
  }

  release(bytes: number): void {
    this.#bytes -= bytes
  }
}

/** Bodies that are on their way to their routes, by what their senders show as credentials. */
export class UnreadBodies {
  readonly #most: number
  readonly #senders = new Map<string, number>()

  constructor(most: number = LIMITS.unreadBodies) {
    this.#most = most
  }

  /** Counts one of a sender; answers how to count it out, or null when there are too many. */
  begin(sender: string): (() => void) | null {
    const count = this.#senders.get(sender) ?? 0
    if (count >= this.#most) return null
    this.#senders.set(sender, count + 1)
    let open = true
    return () => {
      if (!open) return
      open = false
      const left = (this.#senders.get(sender) ?? 1) - 1
      if (left > 0) this.#senders.set(sender, left)
      else this.#senders.delete(sender)
    }
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('too_large', `The body has more than ${maxBytes.toLocaleString('en')} bytes, which is the most that is taken here.`)
}

function tooSlow({ idleMs, leastBytes }: BodyPolicy): AppError {
  const least = leastBytes === 1 ? 'nothing' : `less than ${leastBytes.toLocaleString('en')} bytes`
  return new AppError('too_slow', `The sender brought ${least} of its body within ${idleMs / 1000} s. Send it again.`)
}

export function busy(): AppError {
  return new AppError('busy', 'More is being sent to the console than it holds at a time. Nothing of this request was taken; send it again.')
}

/** Tells a sender that brings too little. It is not blamed while its bytes wait for their reader. */
function watchSender(request: BodyRequest, policy: BodyPolicy, onSlow: () => void): { brought(bytes: number): void; end(): void } {
  let brought = 0
  const timer = setInterval(() => {
    if (brought >= policy.leastBytes || request.readableLength > 0) brought = 0
    else onSlow()
  }, policy.idleMs)
  return {
    brought: (bytes) => {
      brought += bytes
    },
    end: () => clearInterval(timer),
  }
}

/**
 * After an answer that did not wait for the end of the body its sender may go on for a moment, so that it reads the answer instead
 * of losing it with the connection; then the connection is cut.
 */
export function endAfterAnswer(request: BodyRequest, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.complete) return
    const { socket } = request
    const cut = setTimeout(() => socket.destroy(), LIMITS.lingerMs)
    socket.once('close', () => clearTimeout(cut))
  })
}

/** Whether a request brings a body at all. */
export function bringsBody({ headers }: Pick<BodyRequest, 'headers'>): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

/**
 * Takes in a whole body and hands it on in one piece of time: resolves with null when the route may have the request, else with
 * why not. `SenderGone` when there is nobody left to answer.
 */
export async function takeWhole(request: BodyRequest, response: ServerResponse, policy: BodyPolicy, held: HeldBodies): Promise<AppError | SenderGone | null> {
  const chunks: Buffer[] = []
  let size = 0
  let holding = 0
  const release = (): void => {
    held.release(holding)
    holding = 0
  }
  response.once('close', release)
  endAfterAnswer(request, response)
  const refusal = await new Promise<AppError | SenderGone | null>((resolve) => {
    const sender = watchSender(request, policy, () => settle(tooSlow(policy)))
    const onGone = (): void => settle(new SenderGone(size))
    const settle = (why: AppError | SenderGone | null): void => {
      sender.end()
      request.off('close', onGone)
      if (why !== null) request.tap(() => true)
      resolve(why)
    }
    request.once('close', onGone)
    request.tap((chunk) => {
      if (chunk === null) {
        settle(null)
        return true
      }
      size += chunk.length
      sender.brought(chunk.length)
      if (size > policy.maxBytes) settle(tooLarge(policy.maxBytes))
      else if (!held.hold(chunk.length)) settle(busy())
      else {
        holding += chunk.length
        chunks.push(chunk)
      }
      return true
    })
    if (Number(request.headers['content-length'] ?? 0) > policy.maxBytes) settle(tooLarge(policy.maxBytes))
  })
  if (refusal !== null) {
    release()
    return refusal
  }
  request.tap(null)
  for (const chunk of chunks) request.pass(chunk)
  request.pass(null)
  return null
}

/**
 * Counts a body while its route reads it: beyond the cap, or when its sender falls asleep, the reader meets the refusal as an error.
 * `onEnd` is told when nothing more comes, perhaps more than once.
 */
export function guardStream(request: BodyRequest, response: ServerResponse, policy: BodyPolicy, onEnd: () => void): void {
  let size = 0
  const sender = watchSender(request, policy, () => cut(tooSlow(policy)))
  const end = (): void => {
    sender.end()
    onEnd()
  }
  const cut = (why: AppError): void => {
    end()
    if (!response.headersSent) response.shouldKeepAlive = false
    request.cut(why)
  }
  endAfterAnswer(request, response)
  request.once('close', end)
  response.once('close', end)
  request.tap((chunk) => {
    if (chunk === null) {
      end()
      return request.pass(null)
    }
    size += chunk.length
    sender.brought(chunk.length)
    if (size > policy.maxBytes) {
      cut(tooLarge(policy.maxBytes))
      return true
    }
    return request.pass(chunk)
  })
}
