import { collectFields } from '@/lib/exceptions/collect-fields'
import { reasonSentence } from '@/lib/detect/reason'
import { StoreSink } from '@/lib/detect/store-sink'
import { flattenFields } from '@/lib/ecs/flatten-fields'
import { askedOf } from '@/lib/ecs/imds'
import { normalizerOf } from '@/lib/ecs/normalizers/registry'
import { observablesOf } from '@/lib/ecs/observables'
import { prepareEvent } from '@/lib/ingest/prepare-event'
import { RecordReader } from '@/lib/ingest/record-reader'
import { buildProcessTree, flattenTree } from '@/lib/process-tree'
import type { TreeEvent } from '@/lib/process-tree'
import type { Done, Round } from './file-round'
import { mingle } from './file-round'
import { hostileAudit, hostileDocument } from './hostile-records'
import { auditMarkers, documentMarkers } from './markers'

const FILE_INPUTS = 1_000

/**
 * The reading half alone, in this process, with the bundled rules, and what pages and exports make of a record: no store, so that many
 * more inputs are tried in the time. Every record becomes an event whose texts the database can hold, or a reject with a reason.
 */
export async function readRound({ random, inputs, dataDir, report }: Round): Promise<Done> {
  const sink = new StoreSink({ dataDir, root: process.cwd(), clock: () => new Date(0), alone: true })
  const rules = sink.rules()
  let sent = 0
  for (; sent < inputs; sent += FILE_INPUTS) {
    const isAudit = random.chance(0.3)
    const some = Array.from({ length: FILE_INPUTS }, () => 0)
    const markers = isAudit ? auditMarkers().map((lines) => lines.map((line) => line.trimEnd()).join('\n')) : documentMarkers()
    const lines = mingle(random, isAudit ? some.flatMap(() => hostileAudit(random)) : some.map(() => hostileDocument(random)), markers)
    const bytes = Buffer.from(lines.join('\n'), 'latin1')
    const reader = new RecordReader({ host: 'fuzz-nameless' })
    const events: TreeEvent[] = []
    const kept = new Set<string>()
    const take = (records: ReturnType<RecordReader['push']>): void => {
      for (const record of records) {
        const text = record.bytes.toString('latin1')
        try {
          const normalizer = normalizerOf(reader.normalizerOf(record))
          const prepared = prepareEvent(record, normalizer, (event) => rules.hits(event), (event, lacks) => rules.mayHit(event, lacks))
          if (!prepared.ok) {
            if (prepared.reject.code === 'fault') report(`${prepared.reject.reason} ${JSON.stringify(text.slice(0, 4_000))}`)
            if (prepared.reject.reason === '' || !prepared.reject.reason.isWellFormed()) report(`a reject without a sound reason: ${JSON.stringify(prepared.reject.reason)} of ${text.slice(0, 2_000)}`)
            continue
          }
          const { ts, hostId, hostName, category, action, hits } = prepared.event
          kept.add(prepared.event.raw.toString('latin1'))
          if (!Number.isSafeInteger(ts)) report(`a time of ${ts}: ${text.slice(0, 2_000)}`)
          for (const column of [hostId, hostName, category, action, ...hits.map(({ key }) => key)]) if (column?.isWellFormed() === false) report(`an ill-formed text is to be stored: ${text.slice(0, 2_000)}`)
          const normalized = normalizer.normalize(record.bytes.toString('utf8'))
          if (!normalized.ok) continue
          const { event } = normalized
          if (events.length < 300) events.push({ id: String(events.length), event })
          const asked = askedOf([event])
          const told = [reasonSentence([{ event, ms: ts }], 'Rule', asked), ...observablesOf([event], asked?.role ?? null).map(({ value }) => value)]
          if (!told.every((each) => each.isWellFormed())) report(`an ill-formed text is told: ${text.slice(0, 2_000)}`)
          flattenFields(event, 500)
          collectFields([{ position: 0, event }])
        } catch (error) {
          report(`${error instanceof Error ? error.stack : String(error)} of ${JSON.stringify(text.slice(0, 4_000))}`)
        }
      }
    }
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + random.below(200_000)
      take(reader.push(bytes.subarray(at, at + size)))
      at += size
    }
    take(reader.end())
    const missing = markers.filter((marker) => !kept.has(Buffer.from(marker).toString('latin1')))
    if (missing.length > 0) report(`${missing.length} markers lost: ${missing[0]?.slice(0, 300)}`)
    try {
      const tree = buildProcessTree(events, { entityIds: [], eventIds: ['0'] })
      flattenTree(tree, { expanded: new Set() })
    } catch (error) {
      report(`the process tree: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
  sink.close()
  if (({} as Record<string, unknown>)['polluted'] !== undefined || ({} as Record<string, unknown>)['x'] !== undefined) report('a document changed the prototype of objects')
  return await Promise.resolve({ inputs: sent, kills: 0 })
}
