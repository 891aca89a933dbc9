import { HEADER_LENGTH, readHeader } from '@/lib/ecs/normalizers/auditd/header'
import { hostedFormat } from '@/lib/ecs/normalizers/registry'
import { AuditAssembler } from './assemble-audit'
import { LeadingRun } from './leading-run'
import type { ImportRequest } from './schema'
import { RecordSplitter } from './split-records'
import type { RawRecord, RecordFormat } from './split-records'

/** What is read of a chunk before its records are dealt with: the records of a whole one would be moved about by the collector meanwhile. */
const PIECE_BYTES = 64 * 1024

/** A chunk in pieces that are read one after another. */
export function* piecesOf(chunk: Buffer): Generator<Buffer> {
  for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES)
}

const BRACE = 0x7b
const CLOSING_BRACE = 0x7d

function isObjectLine({ bytes }: RawRecord): boolean {
  return bytes[0] === BRACE && bytes[bytes.length - 1] === CLOSING_BRACE
}

/**
 * Cuts a stream into records of whichever format it has: the splitter's, or for audit records the events of its lines. Lines of
 * both kinds may come in one stream, because collectors mix them and files have odd lines; each is read as what it is.
 */
export class RecordReader {
  readonly #splitter: RecordSplitter
  readonly #run = new LeadingRun()
  readonly #assembler = new AuditAssembler()
  readonly #host: string | undefined
  readonly #isTold: boolean
  /** Lines of either kind. */
  #objects = 0
  #audits = 0

  constructor({ format = 'auto', host }: Pick<ImportRequest, 'format' | 'host'>) {
    this.#splitter = new RecordSplitter(undefined, format)
    this.#isTold = format !== 'auto'
    this.#host = host
  }

  /** What the stream turned out to be, null before it is known and of a file without events; of lines of several kinds what most of them are. */
  get format(): RecordFormat | null {
    const { format } = this.#splitter
    if (this.#run.isNoEvents) return null
    if (this.#isTold || (format !== 'ndjson' && format !== 'auditd') || this.#audits === this.#objects) return format
    return this.#audits > this.#objects ? 'auditd' : 'ndjson'
  }

  /** The format under which a record is stored; see `normalizerOf`. */
  normalizerOf(record: Pick<RawRecord, 'kind'>): string {
    return hostedFormat(record.kind ?? (this.format === 'auditd' ? 'auditd' : 'ecs'), this.#host)
  }

  get notes(): readonly string[] {
    const without = this.#splitter.answersWithoutHits
    const passedOver = without === 0 ? [] : [`${without.toLocaleString('en')} ${without === 1 ? 'object' : 'objects'} among the answers of a search had no hits and ${without === 1 ? 'was' : 'were'} passed over.`]
    return [...this.#assembler.notes.sentences(), ...passedOver]
  }

  push(chunk: Buffer): readonly RawRecord[] {
    return this.#read(this.#run.take(this.#splitter.push(chunk), this.#splitter.format))
  }

  end(): readonly RawRecord[] {
    const rest = this.#run.take(this.#splitter.end(), this.#splitter.format)
    return [...this.#read([...rest, ...this.#run.end(this.#splitter.format)]), ...this.#assembler.end()]
  }

  #read(records: readonly RawRecord[]): readonly RawRecord[] {
    const { format } = this.#splitter
    if (this.#isTold) return format === 'auditd' ? this.#assembler.push(records) : records
    if (format === 'ndjson' && this.#audits === 0) {
      // Nearly all streams of objects are of nothing else.
      const first = records.findIndex((record) => bytesOfOther(record) && this.#isAudit(record))
      if (first === -1) {
        this.#objects += records.length
        return records
      }
    }
    return format === 'ndjson' || format === 'auditd' ? this.#sort(records) : records
  }

  /** Objects first: records of one format are stored together, and their order does not matter. */
  #sort(records: readonly RawRecord[]): readonly RawRecord[] {
    const objects: RawRecord[] = []
    const audits: RawRecord[] = []
    for (const record of records) {
      const isAudit = record.refusal === undefined && !isObjectLine(record) && (this.format === 'auditd' || this.#isAudit(record))
      if (isAudit) {
        this.#audits++
        audits.push(record)
      } else {
        this.#objects++
        objects.push({ ...record, kind: 'ecs' })
      }
    }
    return [...objects, ...this.#assembler.push(audits)]
  }

  #isAudit({ bytes }: RawRecord): boolean {
    return readHeader(bytes.toString('utf8', 0, 4 * HEADER_LENGTH)) !== null
  }
}

/** Whether a line may be something else than an object. */
function bytesOfOther({ bytes, refusal }: RawRecord): boolean {
  return refusal === undefined && bytes[0] !== BRACE
}
