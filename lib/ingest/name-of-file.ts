/** Names a file that holds no events by its beginning, so that its sender hears what was sent instead of what is wrong with each line. */
import { WHAT_IS_READ } from '@/lib/ecs/normalizers/foreign-format'
import type { RecordFormat } from './split-records'

interface Named {
  readonly name: string
  readonly reason: string
}

const MAGIC: readonly (readonly [string, string])[] = [
  ['\u007fELF', 'a program (ELF)'],
  ['%PDF-', 'a PDF'],
  ['\u0089PNG', 'an image'],
  ['\u00ff\u00d8\u00ff', 'an image'],
  ['GIF8', 'an image'],
  ['PK\u0003\u0004', 'a ZIP archive; send the files in it'],
  ['\u00fd7zXZ', 'compressed with xz; send it unpacked, or as gzip or zstd'],
  ['BZh', 'compressed with bzip2; send it unpacked, or as gzip or zstd'],
  ['7z\u00bc\u00af', 'a 7z archive; send the files in it'],
  ['SQLite format 3', 'a SQLite database'],
  ['\u00d4\u00c3\u00b2\u00a1', 'a capture of packets'],
  ['\u00a1\u00b2\u00c3\u00d4', 'a capture of packets'],
  ['\u000a\u000d\u000d\u000a', 'a capture of packets'],
  ['ElfFile', 'an event log of Windows'],
  ['LPKSHHRH', 'a file of the systemd journal; export its audit records with ausearch --raw'],
]

/** Of lines that are not blank or comments, so many are looked at. */
const LINES = 50

function linesOf(text: string): readonly string[] {
  // The last line may have been cut.
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  return lines.filter((line) => line.trim() !== '' && !/^\s*[#;]/.test(line)).slice(0, LINES)
}

function mostly(lines: readonly string[], pattern: RegExp, least = 2): boolean {
  return lines.length >= least && lines.filter((line) => pattern.test(line)).length * 5 >= lines.length * 4
}

function isTable(lines: readonly string[], separator: string): boolean {
  const columns = (line: string): number => line.replaceAll(/"[^"]*"/g, '').split(separator).length
  const [header, ...rows] = lines
  if (header === undefined || rows.length === 0 || columns(header) < 3) return false
  return rows.filter((row) => columns(row) === columns(header)).length * 5 >= rows.length * 4
}

function nameOfText(text: string): string | null {
  const lines = linesOf(text)
  const first = lines[0]?.trim() ?? ''
  if (first.startsWith('<')) {
    if (/Linux-Sysmon|ff032593-a8d3-4f13-b0d6-01fc615a0f97/i.test(text)) return 'Sysmon for Linux'
    return /^<(?:!doctype html|html)/i.test(first) ? 'HTML' : 'XML'
  }
  if (/^(?:\S+ )?version account-id interface-id|^\d \d{12} eni-[0-9a-f]+ /.test(first)) return 'VPC flow logs, which never show the metadata service'
  if (mostly(lines, /(?:^|\s)(?:CEF:\d\||LEEF:\d)/, 1)) return 'CEF or LEEF'
  if (mostly(lines, /^\d\d:\d\d:\d\d\.\d+: (?:Emergency|Alert|Critical|Error|Warning|Notice|Informational|Debug) /, 1)) return "Falco's text, which has no date; have it write JSON"
  if (mostly(lines, /\baudit(?:\[\d{1,10}\])?: (?:[A-Z][A-Z_]{2,40}|UNKNOWN\[\d+\]) [\w-]+=/, 1)) {
    return 'audit records as the journal shows them, without the serials by which they belong together; take audit.log, or ausearch --raw'
  }
  if (mostly(lines, /^(?:<\d+>)?(?:1 )?(?:[A-Z][a-z]{2} [ \d]\d [\d:.]{8,}|\d{4}-\d\d-\d\d[T ][\d:.,]{8,}\S*) \S+ (?:[\w./-]+(?:\[\d+\])?:|\S+ \S+ \S+ [-[])/)) return 'a syslog without audit records'
  if (first.startsWith('Event SYSMONEVENT_')) return "the output of sysmonLogView, not Sysmon's own log"
  if (mostly(lines, /^\s*(?:\+[-=+]+\+?$|\|.*\|$)/)) return 'a table as a program prints it'
  if (isTable(lines, '\t')) return 'a table (TSV)'
  if (isTable(lines, ',')) return 'a table (CSV)'
  if (isTable(lines, ';')) return 'a table (CSV)'
  if (mostly(lines, /^(?:\[[\w ."'-]+\]|[\w.-]+\s*=)/, 3)) return 'a file of settings'
  const isYaml = mostly(lines, /^\s*(?:- |-$|(?:- )?["']?[\w./$ -]{1,80}["']?:(?:\s|$)|---|\.\.\.)/, first === '---' ? 1 : 3)
  return isYaml ? 'YAML' : null
}

/** What the file is; null when it is not known by sight. */
export function nameOfFile(head: Buffer): Named | null {
  const bytes = head.toString('latin1', 0, 1024)
  const magic = MAGIC.find(([start]) => bytes.startsWith(start))?.[1]
  const wide = /^(?:\u00ff\u00fe|\u00fe\u00ff)/.test(bytes) || /^(?:[^\0]\0){8}/.test(bytes) ? 'text in UTF-16; save it as UTF-8' : undefined
  const name = magic ?? wide ?? nameOfText(head.toString('utf8'))
  if (name === null || name === undefined) return null
  return { name, reason: `This is ${name}: it is not read as events. ${WHAT_IS_READ}` }
}

/** Why a file of several records is one reject. `none` says of how many, as "None of its 40". */
export function noEventsReason(none: string, format: RecordFormat | null): string {
  const each = format === 'auditd' || format === 'ndjson' ? 'lines' : 'values'
  return `${none} ${each} is an event: no JSON object with @timestamp and no audit record. ${WHAT_IS_READ}`
}
