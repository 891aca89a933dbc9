import { isAddition } from '@/lib/ecs/normalizers/auditd/audit-event'
import { HEADER_LENGTH, HeaderReader, stampText } from '@/lib/ecs/normalizers/auditd/header'
import type { AuditHeader } from '@/lib/ecs/normalizers/auditd/header'
import { LIMITS } from '@/lib/limits'
import { AuditNotes } from './audit-notes'
import type { RawRecord } from './split-records'

/** An event whose lines are still being gathered. */
interface Open {
  readonly key: string
  readonly ms: number
  readonly node: string
  readonly first: RawRecord
  readonly lines: Buffer[]
  /** The numbers of the lines, those beyond the cap as well. */
  readonly numbers: number[]
  size: number
  held: number
  /** How many events had been opened before it. */
  readonly openedAt: number
  /** How many events had been opened when its end was seen. */
  endedAt: number | null
  /** Its key was closed before: these lines are late. */
  readonly again: boolean
  hasMain: boolean
}

/** Events and bytes held at a time, and bytes of one event. */
export interface AssemblerLimits {
  readonly events: number
  readonly bytes: number
  readonly eventBytes: number
}

/** An event stays open while so many newer ones begin, also when its end was seen: lines of one moment may be out of order. */
const GRACE_EVENTS = 32
/**
 * One whose end does not come is closed when, besides, its host's clock is this much further. The clock is the newest event's
 * time, not the latest ever named: a single absurd time must not cut its neighbours in two.
 */
const GRACE_MS = 2_000
/** What holding a line costs beside its bytes. */
const LINE_OVERHEAD = 128
/** Keys of closed events that are remembered, to know a late line. */
const REMEMBERED = 4_096
/** Only so many bytes of a line are looked at for its head and for what it says of losses: those of as many characters as a head has. */
const NOTICE_LENGTH = 4 * HEADER_LENGTH
/** What stands between records: of ausearch, and the other fields of the journal's export. */
const BETWEEN = /^(?:-{4,}|time->.{0,100}|_{0,2}(?!MESSAGE=)[A-Z][A-Z0-9_]{0,63}=.*)$/s
const NEWLINE = Buffer.from('\n')

/**
 * Puts the lines of audit events together, as they come: by host, time and serial, whatever the order of the lines within
 * the window. The record of an event has its lines as they were, with line feeds between them. A line that is no audit
 * record goes on by itself and will be rejected with its place; what ausearch and the journal write between records is passed over.
 */
export class AuditAssembler {
  readonly notes = new AuditNotes()
  readonly #headers = new HeaderReader()
  readonly #open = new Map<string, Open>()
  readonly #ended: Open[] = []
  readonly #clocks = new Map<string, number>()
  readonly #closed = new Set<string>()
  readonly #limits: AssemblerLimits
  #opened = 0
  #held = 0

  constructor(limits: AssemblerLimits = { events: LIMITS.auditOpenEvents, bytes: LIMITS.auditOpenBytes, eventBytes: LIMITS.recordBytes }) {
    this.#limits = limits
  }

  /** Takes lines in and answers the events that they completed. */
  push(lines: readonly RawRecord[]): RawRecord[] {
    const done: RawRecord[] = []
    for (const line of lines) this.#take(line, done)
    return done
  }

  /** The events that are still open, at the end of the stream. */
  end(): RawRecord[] {
    return [...this.#open.values()].flatMap((open) => this.#close(open) ?? [])
  }

  #take(line: RawRecord, done: RawRecord[]): void {
    if (line.refusal !== undefined) {
      // It is known what it is: were it passed over, nothing would tell of it.
      done.push({ ...line, kind: 'auditd' })
      return
    }
    const text = line.bytes.toString('utf8', 0, NOTICE_LENGTH)
    const header = line.problem === null ? this.#headers.read(text.slice(0, HEADER_LENGTH)) : null
    if (header === null) {
      if (BETWEEN.test(text)) return
      this.notes.observe(null, text)
      done.push({ ...line, kind: 'auditd' })
      return
    }
    if (header.interpreted) this.notes.interpreted = true
    if (/^(?:DAEMON|KERNEL|CONFIG)/.test(header.type)) this.notes.observe(header.type, text)
    this.#gather(line, header)
    this.#closeDue(done)
  }

  #gather(line: RawRecord, header: AuditHeader): void {
    const node = header.node ?? ''
    const key = `${node}\u0000${stampText(header)}`
    let open = this.#open.get(key)
    if (!open) {
      const again = this.#closed.has(key)
      // The end of what is closed says nothing more.
      if (again && header.type === 'EOE') return
      open = { key, ms: header.ms, node, first: line, lines: [], numbers: [], size: -NEWLINE.length, held: 0, openedAt: this.#opened, endedAt: null, again, hasMain: false }
      this.#open.set(key, open)
      this.#opened++
      // As many as events can be open; a sender that invents more hosts only closes its own events later.
      if (this.#clocks.size >= this.#limits.events) this.#clocks.clear()
      this.#clocks.set(node, header.ms)
    }
    open.size += line.size + NEWLINE.length
    open.numbers.push(line.number)
    if (!isAddition(header.type)) open.hasMain = true
    // Past the cap only the beginning is kept, to show what was rejected.
    if (open.held <= this.#limits.eventBytes) {
      // Bytes of its own: a view would hold the whole chunk that it was read with.
      open.lines.push(Buffer.from(line.bytes))
      const cost = line.size + LINE_OVERHEAD
      open.held += cost
      this.#held += cost
    }
    if (header.type === 'EOE' && open.endedAt === null) {
      open.endedAt = this.#opened
      this.#ended.push(open)
    }
  }

  #isOver({ ms, node, openedAt }: Open): boolean {
    return this.#opened - openedAt > GRACE_EVENTS && (this.#clocks.get(node) ?? 0) - ms > GRACE_MS
  }

  #closeDue(done: RawRecord[]): void {
    const emit = (open: Open): void => {
      const record = this.#close(open)
      if (record) done.push(record)
    }
    for (let next = this.#ended[0]; next && this.#opened - (next.endedAt ?? 0) >= GRACE_EVENTS; next = this.#ended[0]) {
      this.#ended.shift()
      emit(next)
    }
    // Oldest first, until one whose time is not up: a host that has fallen silent waits for the end or for the cap.
    for (const open of this.#open.values()) {
      if (open.endedAt !== null || !this.#isOver(open)) break
      emit(open)
    }
    while (this.#open.size > this.#limits.events || this.#held > this.#limits.bytes) {
      const [oldest] = this.#open.values()
      if (!oldest) break
      if (oldest.endedAt === null && !this.#isOver(oldest)) this.notes.forced++
      emit(oldest)
    }
  }

  #close(open: Open): RawRecord | null {
    // One that was closed for want of room is still on the list of the ended.
    if (!this.#open.delete(open.key)) return null
    this.#held -= open.held
    this.#closed.add(open.key)
    if (this.#closed.size > REMEMBERED) {
      const [oldest] = this.#closed
      if (oldest !== undefined) this.#closed.delete(oldest)
    }
    if (open.again && !open.hasMain) this.notes.late += open.lines.length
    const bytes = open.lines.length === 1 ? (open.lines[0] ?? NEWLINE) : Buffer.concat(open.lines.flatMap((line, at) => (at === 0 ? [line] : [NEWLINE, line])))
    const { number, offset } = open.first
    const tooLarge = open.size > this.#limits.eventBytes
    return { number, offset, kind: 'auditd', lines: open.numbers, size: open.size, bytes: tooLarge ? bytes.subarray(0, LIMITS.rejectBytes) : bytes, problem: tooLarge ? 'too_large' : null }
  }
}
