import { IDENTITY_BYTES, packBatch } from '@/lib/db/event-batch'
import type { PreparedEvent, PreparedReject } from '@/lib/db/event-batch'
import { normalizerOf } from '@/lib/ecs/normalizers/registry'
import { LIMITS } from '@/lib/limits'
import type { HitFinder } from './import-sink'
import { prepareEvent } from './prepare-event'
import { FATE } from './pushed'
import type { PushAnswer, PushRejection, PushRequest, PushSink } from './pushed'

interface Waiting {
  readonly answer: PushAnswer
  readonly resolve: (answer: PushAnswer) => void
  readonly reject: (error: unknown) => void
}

/** Requests of one sender that will share a transaction. */
interface Group {
  readonly target: PushRequest
  readonly finder: HitFinder
  readonly events: PreparedEvent[]
  readonly rejects: PreparedReject[]
  readonly waiting: Waiting[]
  bytes: number
  wireBytes: number
}

/**
 * Group commit: requests that arrive close together, or while an earlier group is being written, are stored in one
 * transaction, and each is answered when that is committed. Without it a fleet of small requests would pay for a commit
 * and a block of its own each.
 */
export class PushCollector {
  readonly #sink: PushSink
  readonly #rules: () => HitFinder
  readonly #normalizer = normalizerOf('ecs')
  readonly #groups = new Map<number, Group>()
  readonly #writing = new Map<number, number>()

  constructor(sink: PushSink, rules: () => HitFinder) {
    this.#sink = sink
    this.#rules = rules
  }

  /** Takes in the documents of a request; resolves when they are on disk. */
  async push(request: PushRequest): Promise<PushAnswer> {
    const { tokenId } = request
    let group = this.#groups.get(tokenId)
    if (!group) {
      group = { target: request, finder: this.#rules(), events: [], rejects: [], waiting: [], bytes: 0, wireBytes: 0 }
      this.#groups.set(tokenId, group)
      setTimeout(() => this.#due(tokenId), LIMITS.pushMs)
    }
    const answer = this.#prepare(request, group)
    const { waiting } = group
    const done = new Promise<PushAnswer>((resolve, reject) => {
      waiting.push({ answer, resolve, reject })
    })
    if (group.events.length + group.rejects.length >= LIMITS.batchRecords || group.bytes >= LIMITS.batchBytes) this.#send(tokenId)
    return done
  }

  #prepare(request: PushRequest, group: Group): PushAnswer {
    const { starts, ends, ids, body } = request
    const fates = new Uint8Array(starts.length)
    const identities = new Uint8Array(starts.length * IDENTITY_BYTES)
    const rejections: PushRejection[] = []
    // Into lists of its own first: should one throw, the requests before it in the group are not part of it.
    const events: PreparedEvent[] = []
    const rejects: PreparedReject[] = []
    for (const [at, start] of starts.entries()) {
      const size = (ends[at] ?? start) - start
      const tooLarge = size > LIMITS.recordBytes
      const bytes = Buffer.from(body.buffer, body.byteOffset + start, tooLarge ? LIMITS.rejectBytes : size)
      const id = ids[at] ?? null
      const record = { number: at + 1, offset: start, size, bytes, id, problem: tooLarge ? ('too_large' as const) : null }
      const prepared = prepareEvent(record, this.#normalizer, group.finder.hits, group.finder.mayHit)
      if (prepared.ok) {
        identities.set(prepared.event.identity, at * IDENTITY_BYTES)
        events.push(prepared.event)
      } else {
        const { code, reason } = prepared.reject
        fates[at] = FATE.rejected
        rejections.push({ at, code, reason })
        rejects.push(prepared.reject)
      }
    }
    for (const event of events) group.events.push(event)
    for (const reject of rejects) group.rejects.push(reject)
    group.bytes += body.byteLength
    group.wireBytes += request.wireBytes
    return { fates, identities, rejections }
  }

  /** Time is up; while a group is being written, the next one grows on. */
  #due(tokenId: number): void {
    if ((this.#writing.get(tokenId) ?? 0) === 0) this.#send(tokenId)
  }

  #send(tokenId: number): void {
    const group = this.#groups.get(tokenId)
    if (!group) return
    this.#groups.delete(tokenId)
    this.#writing.set(tokenId, (this.#writing.get(tokenId) ?? 0) + 1)
    this.#write(group)
      .catch((error: unknown) => {
        for (const { reject } of group.waiting) reject(error)
      })
      .finally(() => {
        const left = (this.#writing.get(tokenId) ?? 1) - 1
        if (left > 0) this.#writing.set(tokenId, left)
        else this.#writing.delete(tokenId)
        this.#due(tokenId)
      })
      .catch(() => undefined)
  }

  async #write({ target, finder, events, rejects, waiting, wireBytes }: Group): Promise<void> {
    const { source, actor, tokenId } = target
    const batch = packBatch(this.#normalizer.format, finder.revision, events, rejects)
    const stored = await this.#sink.push({ source, actor, tokenId }, batch, wireBytes)
    let next = 0
    for (const { answer, resolve } of waiting) {
      for (const [at, fate] of answer.fates.entries()) {
        if (fate !== FATE.rejected) answer.fates[at] = stored[next++] ?? FATE.stored
      }
      resolve(answer)
    }
  }
}
