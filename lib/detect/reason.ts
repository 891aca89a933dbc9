import type { EcsEvent } from '@/lib/ecs/event'
import { readText, readValues } from '@/lib/ecs/event'
import { eventRole } from '@/lib/ecs/event-role'
import { imdsObject } from '@/lib/ecs/imds'
import type { ImdsFacts } from '@/lib/ecs/imds'

/** A linked record and its time in milliseconds, with fractions. */
export interface ReasonRecord {
  readonly event: EcsEvent
  readonly ms: number
}

const TEXT_LENGTH = 200
const ROLE_LENGTH = 64

function cut(text: string, most = TEXT_LENGTH): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path
}

/** `pts/0` from the device numbers of the controlling terminal, as /dev names them. */
function terminalOf(event: EcsEvent): string | undefined {
  const major = Number(readText(event, 'process.tty.char_device.major') ?? Number.NaN)
  const minor = Number(readText(event, 'process.tty.char_device.minor') ?? Number.NaN)
  if (!Number.isInteger(major) || !Number.isInteger(minor) || major === 0) return undefined
  if (major >= 136 && major <= 143) return `pts/${(major - 136) * 256 + minor}`
  return major === 4 ? `tty${minor}` : `tty ${major}:${minor}`
}

function processPhrase(event: EcsEvent): string {
  const executable = readText(event, 'process.executable')
  const name = readText(event, 'process.name') ?? (executable === undefined ? 'a process' : baseName(executable))
  const facts: string[] = []
  const pid = readText(event, 'process.pid')
  if (pid !== undefined) facts.push(`pid ${pid}`)
  const user = readText(event, 'user.name') ?? readText(event, 'process.user.name') ?? readText(event, 'user.id')
  if (user !== undefined) facts.push(user)
  const terminal = terminalOf(event)
  if (terminal !== undefined) facts.push(terminal)
  return facts.length === 0 ? name : `${name} (${facts.join(', ')})`
}

function parentPhrase(event: EcsEvent): string {
  const executable = readText(event, 'process.parent.executable')
  const name = readText(event, 'process.parent.name') ?? (executable === undefined ? undefined : baseName(executable))
  return name === undefined ? '' : `, run by ${name},`
}

function destination(event: EcsEvent): string {
  const ip = readText(event, 'destination.ip') ?? readText(event, 'destination.address') ?? 'an unknown address'
  const port = readText(event, 'destination.port')
  if (port === undefined) return ip
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

function deltaPhrase(ms: number): string {
  if (ms < 0) return ''
  if (ms < 1) return ' at the same moment'
  if (ms < 1000) return ` ${Math.round(ms)} ms later`
  if (ms < 60_000) return ` ${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s later`
  return ` ${Math.round(ms / 60_000)} min later`
}

/** What the sentence is about, when that is worth stealing; the part of it that a sender chose has an end of its own. */
function purpose(asked: Pick<ImdsFacts, 'pathClass' | 'role'> | null): string {
  if (!asked) return ''
  const object = imdsObject({ ...asked, role: asked.role === null ? null : cut(asked.role, ROLE_LENGTH) })
  return object === null ? '' : ` for ${object}`
}

/**
 * One sentence that says what happened, from the records of a match in order, and what was asked of a metadata service:
 * "curl (pid 4711, root, pts/0), run by bash, connected to 169.254.169.254:80 410 ms later for the credentials of web-prod-role".
 */
export function reasonSentence(records: readonly ReasonRecord[], ruleName: string, asked: Pick<ImdsFacts, 'pathClass' | 'role'> | null): string {
  const [first] = records
  const last = records.at(-1)
  if (!first || !last) return ruleName
  const subject = `${processPhrase(first.event)}${parentPhrase(first.event)}`
  const lastRole = eventRole(last.event)
  if (lastRole === 'network') {
    const sameProcess = readText(first.event, 'process.entity_id') === readText(last.event, 'process.entity_id')
    const verb = readText(last.event, 'event.action') === 'connection_accepted' ? 'accepted a connection from' : 'connected to'
    const delta = records.length > 1 ? deltaPhrase(last.ms - first.ms) : ''
    if (records.length === 1 || sameProcess) return `${cut(`${subject} ${verb} ${destination(last.event)}${delta}`)}${purpose(asked)}`
    return `${cut(`${subject} was followed by ${processPhrase(last.event)}, which ${verb} ${destination(last.event)}${delta}`)}${purpose(asked)}`
  }
  if (records.length === 1) {
    const line = readText(first.event, 'process.command_line') ?? readValues(first.event, 'process.args').map(String).join(' ')
    return cut(line === '' ? `${subject} matched ${ruleName}` : `${subject} executed${purpose(asked)}: ${line}`)
  }
  return `${cut(`${subject} was followed by ${processPhrase(last.event)}${deltaPhrase(last.ms - first.ms)}`)}${purpose(asked)}`
}
