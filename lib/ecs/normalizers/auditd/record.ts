import { LIMITS } from '@/lib/limits'
import type { AuditHeader, HeaderReader } from './header'
import { SEVERAL, scanFields } from './scan-fields'
import type { AuditFields, AuditValue, ScannedFields } from './scan-fields'
import { findSeparator } from './separator'
import type { Separator } from './separator'
import { decodeHex, decodeName, decodeText } from './text-value'

const ABSENT = new Set(['', '?', '(null)', '(none)', '(unknown)', 'unset', '4294967295', '-1'])

/** One line of an event. Names in capitals (`UID`) are what auditd resolved, the others what the kernel wrote. */
export class AuditRecord {
  readonly header: AuditHeader
  readonly #line: string
  readonly #separator: Separator | null
  #read: ReadFields | null = null

  private constructor(header: AuditHeader, line: string) {
    this.header = header
    this.#line = line
    this.#separator = findSeparator(line, header.body)
  }

  /** Reads a line; null when it is no audit record, 'too_many_fields' when it has more than are taken. */
  static parse(line: string, headers: HeaderReader): AuditRecord | 'too_many_fields' | null {
    const header = headers.read(line)
    if (!header) return null
    const record = new AuditRecord(header, line)
    // A field takes two characters at least: of a line that is too short for too many they are read when somebody asks.
    return line.length - header.body <= 2 * LIMITS.auditFields || record.#readAll() !== null ? record : 'too_many_fields'
  }

  /** What the kernel and the sender wrote, without what auditd resolved. */
  get body(): string {
    return this.#line.slice(this.header.body, this.#separator?.end)
  }

  #readAll(): ReadFields | null {
    const { type, interpreted } = this.header
    const body = this.body
    const title = interpreted && type === 'PROCTITLE' ? /^proctitle=(.*)$/s.exec(body) : null
    const own = title
      ? { fields: new Map<string, AuditValue>([['proctitle', { text: title[1] ?? '', quoted: false }]]), isCut: false }
      : scanFields(body, { interpreted, argumentsOnly: type === 'EXECVE' })
    const message = own?.fields.get('msg')
    const nested = message ? scanFields(message.text, { interpreted }) : NOTHING
    const enriched = this.#separator === null ? NOTHING : scanFields(this.#line.slice(this.#separator.next), { interpreted: false })
    if (own === null || nested === null || enriched === null) return null
    const whole = interpreted || type !== 'SYSCALL' || own.fields.has('exe') || own.fields.has('comm')
    return (this.#read = { own: whole ? own.fields : withoutLast(own.fields, body), nested: nested.fields, enriched: enriched.fields, isCut: own.isCut || nested.isCut || !whole })
  }

  get #fields(): ReadFields {
    return this.#read ?? this.#readAll() ?? NO_FIELDS
  }

  get type(): string {
    return this.header.type
  }

  /** The line ends in the middle: inside of quotes, or before a call says who made it. */
  get isCut(): boolean {
    // Most records are never read: of them their quotes tell.
    if (this.#read === null && this.type !== 'SYSCALL' && quotesClose(this.body)) return false
    return this.#fields.isCut
  }

  /** A value of `msg='…'`, what a program says, as it is written. */
  said(name: string): AuditValue | undefined {
    return this.#fields.nested.get(name)
  }

  /** The value as written; what the kernel says before what a program says in `msg='…'`. */
  value(name: string): AuditValue | undefined {
    const { own, nested } = this.#fields
    return own.get(name) ?? nested.get(name)
  }

  /** A value that is a word or a number, undefined where the record says that there is none. */
  word(name: string): string | undefined {
    return wordOf(this.value(name))
  }

  /** As `word`, of what a program says. */
  saidWord(name: string): string | undefined {
    return wordOf(this.said(name))
  }

  /** Text that somebody outside the kernel chose: quoted, or hex when a character in it asked for it. */
  text(name: string): string | undefined {
    return this.#textOf(name, this.value(name))
  }

  /** As `text`, of what a program says. */
  saidText(name: string): string | undefined {
    return this.#textOf(name, this.said(name))
  }

  #textOf(name: string, value: AuditValue | undefined): string | undefined {
    if (value === undefined || (!value.quoted && ABSENT.has(value.text))) return undefined
    return this.#decoded(name, value)
  }

  #decoded(name: string, value: AuditValue): string {
    if (value.quoted || this.header.interpreted) return value.text
    // These two are hex whatever is in them.
    if (name === 'data' || name === 'proctitle') return decodeHex(value.text)?.toString('utf8') ?? value.text
    return (NAMES.test(name) ? decodeName(value.text) : decodeText(value.text)) ?? value.text
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

  /** What the kernel wrote, and what a program says, as text by name; what is text in hex is decoded. */
  get ownEntries(): Entries {
    return this.#entriesOf(this.#fields.own)
  }

  get saidEntries(): Entries {
    return this.#entriesOf(this.#fields.nested)
  }

  #entriesOf(fields: AuditFields): Entries {
    return [...fields].flatMap(([name, value]): Entries => {
      if (name === 'msg' || RESOLVED.test(name)) return []
      const text = UNTRUSTED.test(name) ? this.#decoded(name, value) : value.text
      return [[name, name === 'key' && text.includes(SEVERAL) ? text.split(SEVERAL) : text]]
    })
  }

  /** The names of all fields; one may come twice. */
  names(): readonly string[] {
    const { own, nested } = this.#fields
    return [...own.keys(), ...nested.keys()]
  }
}

/** Fields by name; a rule may have several keys. */
export type Entries = readonly (readonly [string, string | readonly string[]])[]

/** Whether the quotes of a text come in pairs, and an apostrophe that opens has another one behind it. */
function quotesClose(text: string): boolean {
  let quotes = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) quotes++
  const opening = text.indexOf("='")
  return quotes % 2 === 0 && (opening === -1 || text.lastIndexOf("'") > opening + 1)
}

function wordOf(value: AuditValue | undefined): string | undefined {
  const written = value?.text
  const text = written !== undefined && (written.endsWith(',') || written.endsWith(')')) ? written.slice(0, -1) : written
  return text === undefined || ABSENT.has(text) || text.startsWith('(') ? undefined : text
}

/** Of a line that was cut in its middle the value that it ends with may be cut as well: `pid=47` of 4711. */
function withoutLast(fields: AuditFields, body: string): AuditFields {
  const [last] = [...fields].slice(-1)
  if (last === undefined || last[1].quoted || !body.trimEnd().endsWith(`${last[0]}=${last[1].text}`)) return fields
  const rest = new Map(fields)
  rest.delete(last[0])
  return rest
}

/** Fields with text that somebody outside the kernel chose, which audit writes as hex when it has to. */
const UNTRUSTED =
  /^(?:acct|banners|cgroup|cmd|cmdline|comm|cwd|data|device|dir|exe|file|grp|invalid_context|key|name|ocomm|path|peer|proctitle|profile|root_dir|sw|vm|watch|(?:new|old)[-_]?(?:acct|chardev|disk|fs|grp|name|rng)|new-vcpu_name)$/
/** Names that some programs write without quotes: `acct=added`. */
const NAMES = /^(?:acct|grp)$/
/** A name that auditd gave to what it resolved. */
const RESOLVED = /^[A-Z][A-Z_-]*$/
const NONE: AuditFields = new Map()
const NOTHING: ScannedFields = { fields: NONE, isCut: false }

interface ReadFields {
  readonly own: AuditFields
  /** Of what a program says in `msg='…'`. */
  readonly nested: AuditFields
  readonly enriched: AuditFields
  readonly isCut: boolean
}

const NO_FIELDS: ReadFields = { own: NONE, nested: NONE, enriched: NONE, isCut: false }
