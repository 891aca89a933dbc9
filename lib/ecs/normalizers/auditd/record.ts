import { readHeader } from './header'
import type { AuditHeader } from './header'
import { scanFields } from './scan-fields'
import type { AuditFields, AuditValue } from './scan-fields'
import { decodeHex } from './text-value'

/** Between a record and what auditd adds to it when it resolves names (`log_format = ENRICHED`). */
const ENRICHED = '\u001d'

const ABSENT = new Set(['', '?', '(null)', '(none)', '(unknown)', 'unset', '4294967295', '-1'])

/** One line of an event. Names in capitals (`UID`) are what auditd resolved, the others what the kernel wrote. */
export class AuditRecord {
  readonly header: AuditHeader
  readonly #fields: AuditFields
  readonly #enriched: AuditFields
  readonly #nested: AuditFields

  private constructor(header: AuditHeader, fields: AuditFields, nested: AuditFields, enriched: AuditFields) {
    this.header = header
    this.#fields = fields
    this.#nested = nested
    this.#enriched = enriched
  }

  /** Reads a line; null when it is no audit record, 'too_many_fields' when it has more than are taken. */
  static parse(line: string): AuditRecord | 'too_many_fields' | null {
    const header = readHeader(line)
    if (!header) return null
    const end = line.indexOf(ENRICHED, header.body)
    const { type, interpreted } = header
    const body = line.slice(header.body, end === -1 ? undefined : end)
    const title = interpreted && type === 'PROCTITLE' ? /^proctitle=(.*)$/s.exec(body) : null
    const fields = title
      ? new Map<string, AuditValue>([['proctitle', { text: title[1] ?? '', quoted: false }]])
      : scanFields(body, { interpreted, argumentsOnly: type === 'EXECVE' })
    const message = fields?.get('msg')
    const nested = message ? scanFields(message.text, { interpreted }) : NONE
    const enriched = end === -1 ? NONE : scanFields(line.slice(end + 1), { interpreted: false })
    return fields && nested && enriched ? new AuditRecord(header, fields, nested, enriched) : 'too_many_fields'
  }

  get type(): string {
    return this.header.type
  }

  /** The value as written; what the kernel says before what a program says in `msg='…'`. */
  value(name: string): AuditValue | undefined {
    return this.#fields.get(name) ?? this.#nested.get(name)
  }

  /** A value that is a word or a number, undefined where the record says that there is none. */
  word(name: string): string | undefined {
    const text = this.value(name)?.text.replace(/[,)]$/, '')
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
    const value = this.#enriched.get(resolved) ?? this.#fields.get(resolved)
    if (value) return ABSENT.has(value.text) ? undefined : value.text
    if (!this.header.interpreted) return undefined
    const word = this.word(name)
    return word === undefined || /^-?\d+$/.test(word) ? undefined : word
  }

  /** All that the kernel and the sender wrote, as text, by name. */
  entries(): readonly (readonly [string, string])[] {
    const all = [...this.#nested, ...this.#fields].filter(([name]) => name !== 'msg' && !RESOLVED.test(name))
    return all.map(([name]) => [name, this.value(name)?.text ?? ''] as const)
  }
}

/** A name that auditd gave to what it resolved. */
const RESOLVED = /^[A-Z][A-Z-]*$/
const NONE: AuditFields = new Map()
