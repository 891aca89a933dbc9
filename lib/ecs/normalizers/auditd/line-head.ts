/** What syslog daemons, the journal, container logs and the kernel put in front of an audit record. */

export interface LineHead {
  /** The host that it names, null where it names none. */
  readonly host: string | null
  /** Where the record begins, or would. */
  readonly end: number
}

const CLOCK = String.raw`\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?`
const MONTH = String.raw`(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`
const WEEKDAY = String.raw`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)`
const ISO = String.raw`\d{4}-\d{2}-\d{2}[T ]${CLOCK}(?:Z|[ ]?[+-]\d{2}:?\d{2})?`
/** `Nov  3 10:00:00` with the year before, in the middle or behind; `Mon 2025-11-03 10:00:00 UTC` and seconds since 1970 of the journal. */
const BSD = String.raw`(?:\d{4} )?${MONTH} {1,2}\d{1,2}(?: \d{4})? ${CLOCK}(?: \d{4}(?=[ :]))?`
const TIME = new RegExp(String.raw`(?:${WEEKDAY} (?:${BSD}|${ISO})(?: (?:UTC|[A-Z]{2,4}T)(?= ))?|${BSD}|${ISO}(?: UTC(?= ))?|\d{9,11}\.\d{1,9}):?[ \t]+`, 'y')
const STRUCTURED = String.raw`(?:\[(?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*")*\])+`
const RFC5424 = new RegExp(String.raw`\d{1,2} (?:-|${ISO}) (\S{1,255}) \S{1,48} \S{1,128} \S{1,32} (?:-|${STRUCTURED})[ \t]+`, 'y')
/** The priority, behind the length of a frame where a stream was written down as it came. */
const PRIORITY = /(?:\d{1,6} )?<\d{1,3}>[ \t]*/y
/** Seconds since the boot, or a date, as dmesg writes them. */
const BRACKETED = /\[[\w :.,<>+-]{1,48}\][ \t]*/y
/** `MESSAGE=` of the journal's export; a byte order mark and NULs that a crash left in the file. */
const LEADING = /[\0\ufeff\s]*(?:MESSAGE=)?/y
const STREAM = /(?:stdout|stderr) [FP] /y
const TAG = /[\w./@+-]{1,64}(?:\[\d{1,10}\])?:(?=[ \t])[ \t]+/y
/** Those that may stand behind another one. */
const AUDIT_TAG = /(?:kernel|k?audit[dp]?|audispd|audisp-[a-z]+)(?:\[\d{1,10}\])?:[ \t]*/y
/** `user.notice` of small systems, `kern  :notice: ` of dmesg. */
const FACILITY = /[a-z]{2,8}\d?(?:\.[a-z]{3,7}|[ ]*:[a-z]{3,7}[ ]*:)[ \t]+/y
const HOST = /([A-Za-z0-9_](?:[\w.-]|:(?!\s)){0,254})[ \t]+/y
/** The most parts that a head is made of. */
const MOST_PARTS = 10

/**
 * Reads what stands in front of the record, part by part, until `isRecord` says that it begins; null when that comes to no
 * record. Only what logs put in front is passed over: a record inside of somebody's message is not one.
 */
export function readLineHead(text: string, isRecord: (at: number) => boolean): LineHead | null {
  let at = 0
  let host: string | null = null
  let tagged = false
  let part: RegExpExecArray | null = null
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    part = pattern.exec(text)
    if (part === null || part[0].length === 0) return false
    at = pattern.lastIndex
    return true
  }
  const name = (): string | null => (part?.[1] === undefined || part[1] === '-' ? null : part[1])
  const takeHost = (): void => {
    if (isRecord(at) || peek(text, TAG, at) || peek(text, BRACKETED, at)) return
    if (take(HOST)) host = name()
    take(FACILITY)
  }
  take(LEADING)
  for (let parts = 0; parts < MOST_PARTS; parts++) {
    if (isRecord(at)) return { host, end: at }
    if (take(PRIORITY)) continue
    if (take(RFC5424)) {
      host = name() ?? host
      take(LEADING)
      tagged = true
    } else if (take(TIME)) {
      tagged = false
      if (!take(STREAM)) takeHost()
    } else if (take(BRACKETED)) {
      if (!tagged) takeHost()
    } else if (take(AUDIT_TAG)) tagged = true
    else if (!tagged && take(TAG)) tagged = true
    else if (parts === 0 && take(FACILITY)) continue
    else return null
  }
  return null
}

function peek(text: string, pattern: RegExp, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(text)
}
