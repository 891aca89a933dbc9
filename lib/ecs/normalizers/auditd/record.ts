import { LIMITS } from '@/lib/limits'
import type { AuditHeader, HeaderReader } from './header'
import { scanFields } from './scan-fields'
import type { AuditFields, AuditValue } from './scan-fields'
import { decodeHex } from './text-value'

/** Between a record and what auditd adds to it when it resolves names (`log_format = ENRICHED`). */
const ENRICHED = '\u001d'

const ABSENT = new Set(['', '?', '(null)', '(none)', '(unknown)', 'unset', '4294967295', '-1'])

/** One line of an event. Names in capitals (`UID`) are what auditd resolved, the others what the kernel wrote. */
export class AuditRecord {
  readonly header: AuditHeader
  readonly #line: string
  /** Where what auditd resolved begins, -1 for nowhere. */
  readonly #end: number
  #read: ReadFields | null = null

  private constructor(header: AuditHeader, line: string, end: number) {
    this.header = header
    this.#line = line
    this.#end = end
  }

  /** Reads a line; null when it is no audit record, 'too_many_fields' when it has more than are taken. */
  static parse(line: string, headers: HeaderReader): AuditRecord | 'too_many_fields' | null {
    const header = headers.read(line)
    if (!header) return null
    const record = new AuditRecord(header, line, line.indexOf(ENRICHED, header.body))
    // A field takes two characters at least: of a line that is too short for too many they are read when somebody asks.
    return line.length - header.body <= 2 * LIMITS.auditFields || record.#readAll() !== null ? record : 'too_many_fields'
  }

  #readAll(): ReadFields | null {
    const { type, interpreted, body: from } = this.header
    const end = this.#end
    const body = this.#line.slice(from, end === -1 ? undefined : end)
    const title = interpreted && type === 'PROCTITLE' ? /^proctitle=(.*)$/s.exec(body) : null
    const own = title
      ? new Map<string, AuditValue>([['proctitle', { text: title[1] ?? '', quoted: false }]])
      : scanFields(body, { interpreted, argumentsOnly: type === 'EXECVE' })
    const message = own?.get('msg')
    const nested = message ? scanFields(message.text, { interpreted }) : NONE
    const enriched = end === -1 ? NONE : scanFields(this.#line.slice(end + 1), { interpreted: false })
    return own && nested && enriched ? (this.#read = { own, nested, enriched }) : null
  }

  get #fields(): ReadFields {
    return this.#read ?? this.#readAll() ?? NO_FIELDS
  }

  get type(): string {
    return this.header.type
  }

  /** The value as written; what the kernel says before what a program says in `msg='…'`. */
  value(name: string): AuditValue | undefined {
    const { own, nested } = this.#fields
    return own.get(name) ?? nested.get(name)
  }

  /** A value that is a word or a number, undefined where the record says that there is none. */
  word(name: string): string | undefined {
    const written = this.value(name)?.text
    const text = written !== undefined && (written.endsWith(',') || written.endsWith(')')) ? written.slice(0, -1) : written
    return text === undefined || ABSENT.has(text) || text.startsWith('(') ? undefined : text
  }

  /** Text that somebody outside the kernel chose: quoted, or hex when a character in it asked for it. */
  text(name: string): string | undefined {
    const value = this.value(name)
    if (value === undefined || (!value.quoted && ABSENT.has(value.text))) return undefined
    if (value.quoted || this.header.interpreted) return value.text
    return decodeHex(value.text)?.toString('utf8') ?? value.text
  }

  /** As `text`, in bytes: parts of an argument are joined before they are read. */
  bytes(name: string): Buffer | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    return (value.quoted || this.header.interpreted ? null : decodeHex(value.text)) ?? Buffer.from(value.text)
  }

  /** What auditd resolved a number to: the name of a user, a system call, an architecture. */
  resolved(name: string): string | undefined {
    const resolved = name.toUpperCase()
    const value = this.#fields.enriched.get(resolved) ?? this.#fields.own.get(resolved)
    if (value) return ABSENT.has(value.text) ? undefined : value.text
    if (!this.header.interpreted) return undefined
    const word = this.word(name)
    return word === undefined || /^-?\d+$/.test(word) ? undefined : word
  }

  /** All that the kernel and the sender wrote, as text, by name. */
  entries(): readonly (readonly [string, string])[] {
    const { own, nested } = this.#fields
    const all = [...nested, ...own].filter(([name]) => name !== 'msg' && !RESOLVED.test(name))
    return all.map(([name]) => [name, this.value(name)?.text ?? ''] as const)
  }

  /** The names of all fields; one may come twice. */
  names(): readonly string[] {
    const { own, nested } = this.#fields
    return [...own.keys(), ...nested.keys()]
  }
}

/** A name that auditd gave to what it resolved. */
const RESOLVED = /^[A-Z][A-Z-]*$/
const NONE: AuditFields = new Map()

interface ReadFields {
  readonly own: AuditFields
  /** Of what a program says in `msg='…'`. */
  readonly nested: AuditFields
  readonly enriched: AuditFields
}

const NO_FIELDS: ReadFields = { own: NONE, nested: NONE, enriched: NONE }
