import { hostedFormat } from '@/lib/ecs/normalizers/registry'
import { AuditAssembler } from './assemble-audit'
import type { ImportRequest } from './schema'
import { RecordSplitter } from './split-records'
import type { RawRecord, RecordFormat } from './split-records'

/** What is read of a chunk before its records are dealt with: the records of a whole one would be moved about by the collector meanwhile. */
const PIECE_BYTES = 64 * 1024

/** A chunk in pieces that are read one after another. */
export function* piecesOf(chunk: Buffer): Generator<Buffer> {
  for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES)
}

/** Cuts a stream into records of whichever format it has: the splitter's, or for audit records the events of its lines. */
export class RecordReader {
  readonly #splitter: RecordSplitter
  readonly #assembler = new AuditAssembler()
  readonly #host: string | undefined

  constructor({ format = 'auto', host }: Pick<ImportRequest, 'format' | 'host'>) {
    this.#splitter = new RecordSplitter(undefined, format)
    this.#host = host
  }

  /** What the stream turned out to be, null before it is known. */
  get format(): RecordFormat | null {
    return this.#splitter.format
  }

  /** The format under which its records are stored; see `normalizerOf`. */
  get normalizer(): string {
    return hostedFormat(this.format === 'auditd' ? 'auditd' : 'ecs', this.#host)
  }

  get notes(): readonly string[] {
    const without = this.#splitter.answersWithoutHits
    const passedOver = without === 0 ? [] : [`${without.toLocaleString('en')} ${without === 1 ? 'object' : 'objects'} among the answers of a search had no hits and ${without === 1 ? 'was' : 'were'} passed over.`]
    return [...this.#assembler.notes.sentences(), ...passedOver]
  }

  push(chunk: Buffer): RawRecord[] {
    const records = this.#splitter.push(chunk)
    return this.format === 'auditd' ? this.#assembler.push(records) : records
  }

  end(): RawRecord[] {
    const records = this.#splitter.end()
    return this.format === 'auditd' ? [...this.#assembler.push(records), ...this.#assembler.end()] : records
  }
}
