import { IDENTITY_BYTES } from '@/lib/db/event-batch'
import { FATE } from '@/lib/ingest/pushed'
import type { PushAnswer } from '@/lib/ingest/pushed'
import type { BulkItem } from './parse-bulk'

/** Of an error of one item. */
export interface ItemError {
  readonly type: string
  readonly reason: string
  readonly caused_by?: { readonly type: string; readonly reason: string }
}

const UNSUPPORTED = 'Events are kept as they were sent: only the actions [index] and [create] are taken.'
const SHARDS = { total: 1, successful: 1, failed: 0 }

/** Whether the item's document goes to the pipeline; the others are answered for without it. */
export function isStorable(item: BulkItem): boolean {
  return item.problem === null && (item.action === 'index' || item.action === 'create')
}

function failed(status: number, error: ItemError): object {
  return { status, error }
}

/**
 * What became of one stored or known event. An `index` of one that is known is answered `noop`: what was stored first
 * stays as it is, an event is evidence.
 */
function stored(item: BulkItem, known: boolean): object {
  if (known && item.action === 'create') {
    return failed(409, { type: 'version_conflict_engine_exception', reason: 'version conflict, document already exists: an event of this identity is stored' })
  }
  return { _version: 1, result: known ? 'noop' : 'created', _shards: SHARDS, _seq_no: 0, _primary_term: 1, status: known ? 200 : 201 }
}

/**
 * The answer to a bulk request, as JSON: each item in its place with its own status. `answer` speaks of the storable items
 * in their order; null when there was none.
 */
export function answerBulk(items: readonly BulkItem[], answer: PushAnswer | null, tookMs: number): string {
  const reasons = new Map(answer?.rejections.map((rejection) => [rejection.at, rejection]))
  let errors = false
  let next = 0
  const lines = items.map((item) => {
    const { action, index, problem } = item
    let id = item.id
    let outcome: object
    if (!isStorable(item)) outcome = failed(400, { type: 'illegal_argument_exception', reason: problem ?? UNSUPPORTED })
    else {
      const at = next++
      const fate = answer?.fates[at] ?? FATE.rejected
      id ??= fate === FATE.rejected ? null : identityText(answer, at)
      if (fate === FATE.rejected) {
        const { code = 'rejected', reason = 'The document was not taken.' } = reasons.get(at) ?? {}
        outcome = failed(400, { type: 'document_parsing_exception', reason: `failed to parse: ${reason}`, caused_by: { type: code, reason } })
      } else outcome = stored(item, fate === FATE.duplicate)
    }
    errors ||= 'error' in outcome
    return JSON.stringify({ [action]: { _index: index, _id: id, ...outcome } })
  })
  return `{"errors":${String(errors)},"took":${Math.round(tookMs)},"items":[${lines.join(',')}]}`
}

/** The answer to a bulk request of which nothing was stored, item by item. */
export function answerRefused(items: readonly BulkItem[], status: number, error: ItemError): string {
  return JSON.stringify({ errors: true, took: 0, items: items.map(({ action, index, id }) => ({ [action]: { _index: index, _id: id, ...failed(status, error) } })) })
}

/** The `_id` of a document that came without one: the identity under which its event is stored. */
function identityText(answer: PushAnswer | null, at: number): string {
  return Buffer.from(answer?.identities.subarray(at * IDENTITY_BYTES, (at + 1) * IDENTITY_BYTES) ?? []).toString('base64url')
}
