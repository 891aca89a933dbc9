import { packBatch } from '@/lib/db/event-batch'
import type { PreparedEvent, PreparedReject } from '@/lib/db/event-batch'
import type { Database } from '@/lib/db/open'
import { hostedFormat, isAuditFormat, normalizerOf } from '@/lib/ecs/normalizers/registry'
import { AppError, asRefusal } from '@/lib/errors'
import { LIMITS } from '@/lib/limits'
import { AuditAssembler } from './assemble-audit'
import type { HitFinder, ImportEnd, ImportSink } from './import-sink'
import { prepareEvent } from './prepare-event'
import { conditionOf, countCut, importsOf, rejectsOf } from './open-rejects'
import type { OfImport, OpenReject } from './open-rejects'
import type { ImportSummary, RetryRequest, RetrySummary } from './schema'
import type { Retried } from './settle-rejects'
import type { RawRecord } from './split-records'

const LINE_FEED = 0x0a

/** The format under which a reject was read before: of an earlier version only the import tells. */
function formatBefore(reject: OpenReject): string {
  return reject.format ?? (reject.import_format === 'auditd' ? 'auditd' : 'ecs')
}

/** The format under which it is read now: what the request names, for the rest as before. */
function formatNow(reject: OpenReject, { format, host }: RetryRequest): string {
  const before = formatBefore(reject)
  const at = before.indexOf('@')
  return hostedFormat(format ?? (isAuditFormat(before) ? 'auditd' : 'ecs'), host ?? (at === -1 ? undefined : before.slice(at + 1)))
}

function rawRecord(reject: OpenReject): RawRecord {
  const { bytes, sender_id: id } = reject
  // What ended in the middle ends there still, unless somebody completed it.
  const problem = reject.code === 'unterminated' && reject.is_edited === 0 ? 'unterminated' : null
  return { number: reject.record, offset: 0, size: bytes.length, bytes, problem, id }
}

/** Collects records of one retry into batches, each with the rejects that it settles. */
class RetryWriter {
  readonly #sink: ImportSink
  readonly #importId: number
  readonly #rules: () => HitFinder
  #finder: HitFinder
  #format = 'ecs'
  #events: PreparedEvent[] = []
  #rejects: PreparedReject[] = []
  #resolved: number[] = []
  #failed: { id: number; code: string; reason: string }[] = []
  #bytes = 0
  resolved = 0
  failed = 0

  constructor(sink: ImportSink, importId: number, rules: () => HitFinder) {
    this.#sink = sink
    this.#importId = importId
    this.#rules = rules
    this.#finder = rules()
  }

  /** Prepares a record; answers why it cannot be stored, or null. A batch is of one format. */
  async add(record: RawRecord, format: string): Promise<{ readonly code: string; readonly reason: string } | null> {
    if (format !== this.#format) await this.send()
    this.#format = format
    const prepared = prepareEvent(record, normalizerOf(format), this.#finder.hits, this.#finder.mayHit)
    if (prepared.ok) this.#events.push(prepared.event)
    else this.#rejects.push(prepared.reject)
    this.#bytes += record.bytes.length
    return prepared.ok ? null : prepared.reject
  }

  /** Says what became of a reject whose records have been added. */
  async settle(id: number, failure: { readonly code: string; readonly reason: string } | null): Promise<void> {
    if (failure === null) this.#resolved.push(id)
    else this.#failed.push({ id, code: failure.code, reason: failure.reason })
    if (this.#resolved.length + this.#failed.length >= LIMITS.batchRecords || this.#bytes >= LIMITS.batchBytes) await this.send()
  }

  async send(): Promise<void> {
    const retried: Retried = { resolved: this.#resolved, failed: this.#failed }
    if (this.#events.length + this.#rejects.length + retried.resolved.length + retried.failed.length === 0) return
    const batch = packBatch(this.#format, this.#finder.revision, this.#events, this.#rejects)
    const bytes = this.#bytes
    this.#events = []
    this.#rejects = []
    this.#resolved = []
    this.#failed = []
    this.#bytes = 0
    this.#finder = this.#rules()
    await this.#sink.write(this.#importId, batch, bytes, retried)
    this.resolved += retried.resolved.length
    this.failed += retried.failed.length
  }
}

/**
 * Rejects that turned out to be lines of audit records: put together as at an import. A reject is resolved when every event
 * that its lines belong to is stored; the lines between the events of ausearch belong to none and are settled with them.
 */
class AssembledRejects {
  readonly #writer: RetryWriter
  readonly #assembler = new AuditAssembler()
  readonly #format: string
  readonly #ids: number[] = []
  readonly #failures = new Map<number, { readonly code: string; readonly reason: string }>()

  constructor(writer: RetryWriter, format: string) {
    this.#writer = writer
    this.#format = format
  }

  async add(reject: OpenReject): Promise<void> {
    const number = this.#ids.push(reject.id) - 1
    const lines: RawRecord[] = []
    for (let from = 0; from < reject.bytes.length; ) {
      const feed = reject.bytes.indexOf(LINE_FEED, from)
      const end = feed === -1 ? reject.bytes.length : feed
      const bytes = reject.bytes.subarray(from, end)
      if (bytes.length > 0) lines.push({ number, offset: from, size: bytes.length, bytes, problem: null })
      from = end + 1
    }
    await this.#take(this.#assembler.push(lines))
  }

  async end(): Promise<readonly string[]> {
    await this.#take(this.#assembler.end())
    for (const [number, id] of this.#ids.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- back-pressure
      await this.#writer.settle(id, this.#failures.get(number) ?? null)
    }
    return this.#assembler.notes.sentences()
  }

  async #take(records: readonly RawRecord[]): Promise<void> {
    for (const record of records) {
      // oxlint-disable-next-line no-await-in-loop -- back-pressure
      const failure = await this.#writer.add(record, this.#format)
      if (failure !== null) for (const number of record.lines ?? [record.number]) this.#failures.set(number, failure)
    }
  }
}

export interface RetryOptions {
  readonly actor: string
  readonly signal?: AbortSignal
}

async function retryImport(sink: ImportSink, db: Database, rules: () => HitFinder, of: OfImport, request: RetryRequest, options: RetryOptions) {
  const { format, host } = request
  const name = `retry of ${of.name}`.slice(0, 500).toWellFormed()
  const importId = await sink.start({ name, source: of.source, kind: of.kind, format, host, retryOf: of.id }, options.actor)
  const writer = new RetryWriter(sink, importId, rules)
  const lines = new Map<string, AssembledRejects>()
  let edited = 0
  let end: ImportEnd = { status: 'done', format: null, error: null, notes: [] }
  const formats = new Set<string>()
  try {
    for (const reject of rejectsOf(db, of.id, conditionOf(request))) {
      if (options.signal?.aborted === true) throw new AppError('conflict', 'cancelled')
      edited += reject.is_edited
      const now = formatNow(reject, request)
      formats.add(isAuditFormat(now) ? 'auditd' : 'ecs')
      if (isAuditFormat(now) && !isAuditFormat(formatBefore(reject))) {
        const assembled = lines.get(now) ?? new AssembledRejects(writer, now)
        lines.set(now, assembled)
        // oxlint-disable-next-line no-await-in-loop -- back-pressure
        await assembled.add(reject)
      } else {
        // oxlint-disable-next-line no-await-in-loop -- back-pressure
        await writer.settle(reject.id, await writer.add(rawRecord(reject), now))
      }
    }
    const notes: string[] = []
    // oxlint-disable-next-line no-await-in-loop -- back-pressure
    for (const assembled of lines.values()) notes.push(...(await assembled.end()))
    if (edited > 0) {
      notes.push(`${edited === 1 ? 'One record was' : `${edited.toLocaleString('en')} records were`} edited by hand before being read; what was sent is kept with the rejected record.`)
    }
    await writer.send()
    end = { ...end, notes }
  } catch (failure) {
    const refusal = asRefusal(failure)
    if (refusal === null) {
      await sink.finish(importId, { ...end, status: 'failed', error: 'Retrying stopped on a fault of Linklocal. What was settled until then stays.' })
      throw failure
    }
    const cancelled = options.signal?.aborted === true
    end = {
      ...end,
      status: cancelled ? 'cancelled' : 'failed',
      error: `${cancelled ? 'Retrying was cancelled' : refusal.code === 'disk_full' ? 'The disk is full' : `Retrying stopped: ${refusal.message}`}. What was settled until then stays; the rest can be retried again.`,
    }
  }
  const summary: ImportSummary = await sink.finish(importId, { ...end, format: [...formats].join(', ') || null })
  return { summary, resolved: writer.resolved, failed: writer.failed }
}

/**
 * Tries rejected records again, each with the bytes that were kept or what somebody made of them: through the same steps as
 * at first, as an import of its own for every import that rejected them. What is stored now leaves the open rejects in the
 * transaction that stores it; the rest keep the new reason. Throws `not_found` when there is nothing to try, and `conflict`
 * when only the beginnings of the records were kept.
 */
export async function retryRejects(sink: ImportSink, db: Database, rules: () => HitFinder, request: RetryRequest, options: RetryOptions): Promise<RetrySummary> {
  const condition = conditionOf(request)
  const cut = countCut(db, condition)
  const imports = importsOf(db, condition)
  if (imports.length === 0 && cut > 0) {
    throw new AppError('conflict', `Only the first ${LIMITS.rejectBytes.toLocaleString('en')} bytes of ${cut === 1 ? 'this record' : 'these records'} were kept. Send the file again after the fix.`)
  }
  if (imports.length === 0) throw new AppError('not_found', 'There is no open rejected record to try again.')
  const done: Awaited<ReturnType<typeof retryImport>>[] = []
  for (const of of imports) {
    // oxlint-disable-next-line no-await-in-loop -- one import after another
    done.push(await retryImport(sink, db, rules, of, request, options))
    if (options.signal?.aborted === true) break
  }
  const sum = (pick: (one: (typeof done)[number]) => number): number => done.reduce((total, one) => total + pick(one), 0)
  return {
    imports: done.map(({ summary }) => ({ id: summary.importId, name: summary.name })),
    resolved: sum((one) => one.resolved),
    failed: sum((one) => one.failed),
    cut,
    stored: sum(({ summary }) => summary.stored),
    duplicates: sum(({ summary }) => summary.duplicates),
    alerts: sum(({ summary }) => summary.alerts),
    error: done.find(({ summary }) => summary.error !== null)?.summary.error ?? null,
  }
}
