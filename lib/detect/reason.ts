import type { EcsEvent } from '@/lib/ecs/event'
import { readText, readTexts } from '@/lib/ecs/event'
import { eventRole } from '@/lib/ecs/event-role'
import { destinationHost, imdsObject } from '@/lib/ecs/imds'
import type { ImdsFacts } from '@/lib/ecs/imds'
import { connectionRank, tellingConnection } from '@/lib/ecs/telling-connection'

/** A linked record and its time in milliseconds, with fractions. */
export interface ReasonRecord {
  readonly event: EcsEvent
  readonly ms: number
}

const TEXT_LENGTH = 200
const ROLE_LENGTH = 64

/** Never through a character: half of one would be read back as another text, and the alert be described anew at every join. */
function cut(text: string, most = TEXT_LENGTH): string {
  return text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…` : text
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

function peer(event: EcsEvent, side: 'destination' | 'source'): string {
  const ip = readText(event, `${side}.ip`) ?? readText(event, `${side}.address`) ?? readText(event, `${side}.domain`)
  if (ip === undefined || ip === '') return NAMELESS.get(readText(event, 'network.type') ?? '') ?? 'an unknown address'
  const port = readText(event, `${side}.port`)
  if (port === undefined) return ip
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

/** What was connected to when it has no address, by the kind of network. */
const NAMELESS: ReadonlyMap<string, string> = new Map([
  ['unix', 'a local socket without a name'],
  ['netlink', 'the kernel (netlink)'],
])

const SENDS: readonly string[] = ['sendto', 'sendmsg', 'sendmmsg']
const CLOSES: readonly string[] = ['disconnect_received', 'connection_closed', 'shutdown']

/** What the process did on the network, no more than the record says: `connected to 192.0.2.1:80`, `looked up example.com`. */
function networkPhrase(event: EcsEvent): string {
  const action = readText(event, 'event.action') ?? ''
  const name = readText(event, 'dns.question.name')
  if (name !== undefined && (action.startsWith('lookup') || readText(event, 'destination.ip') === undefined)) return `looked up ${name}`
  if (action === 'connection_accepted') return `accepted a connection from ${peer(event, 'source')}`
  if (action === 'bind' || action === 'listen') return `${action === 'bind' ? 'took the address' : 'listened on'} ${peer(event, 'source')}`
  if (action === 'recvfrom') return `received from ${peer(event, 'source')}`
  if (SENDS.includes(action)) return `sent to ${peer(event, 'destination')}`
  if (CLOSES.includes(action)) return `ended its connection to ${peer(event, 'destination')}`
  // Connecting to no address is how a socket lets go of the one it had.
  if (action === 'connect' && readText(event, 'network.type') === 'unspecified') return 'ended a connection'
  const verb = readText(event, 'event.outcome') === 'failure' ? 'tried to connect to' : 'connected to'
  return `${verb} ${peer(event, 'destination')}`
}

function deltaPhrase(ms: number): string {
  if (ms < 0) return ''
  if (ms < 1) return ' at the same moment'
  if (ms < 1000) return ` ${Math.round(ms)} ms later`
  if (ms < 60_000) return ` ${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s later`
  return ` ${Math.round(ms / 60_000)} min later`
}

/** What was asked of a metadata service, as the sentence says it. */
type Asked = Pick<ImdsFacts, 'host' | 'pathClass' | 'role'> | null

/** What the sentence is about, when that is worth stealing; the part of it that a sender chose has an end of its own. */
function purpose(asked: Asked): string {
  if (!asked) return ''
  const object = imdsObject({ ...asked, role: asked.role === null ? null : cut(asked.role, ROLE_LENGTH) })
  return object === null ? '' : ` for ${object}`
}

/**
 * The same behind a connection. One that went elsewhere than to the service that the command names (a proxy, a tunnel, a
 * rewritten address) must not read as if that other address had given what was asked for.
 */
function purposeOver(connection: EcsEvent, asked: Asked): string {
  const went = readText(connection, 'destination.ip') ?? readText(connection, 'destination.domain')
  if (!asked || asked.host === null || went === undefined || destinationHost(connection) !== null) return purpose(asked)
  return `, while the command names ${cut(asked.host, ROLE_LENGTH)}${purpose(asked)}`
}

/** The record that the sentence ends with: the connection to the metadata service, else the last one. */
function toldLast(records: readonly ReasonRecord[]): ReasonRecord | undefined {
  const last = records.at(-1)
  const connection = tellingConnection(records)
  if (connection === undefined || last === undefined) return last
  // A sequence is completed by its last record: another one is named only where it tells more.
  return connectionRank(connection.event) > Math.max(connectionRank(last.event), 1) ? connection : last
}

/**
 * One sentence that says what happened, from the records of a match in order, and what was asked of a metadata service:
 * "curl (pid 4711, root, pts/0), run by bash, connected to 169.254.169.254:80 410 ms later for the credentials of web-prod-role".
 */
export function reasonSentence(records: readonly ReasonRecord[], ruleName: string, asked: Asked): string {
  const [first] = records
  const last = toldLast(records)
  const end = records.at(-1)
  if (!first || !last || !end) return ruleName
  const subject = `${processPhrase(first.event)}${parentPhrase(first.event)}`
  if (last === first && end !== first) {
    // It began with the connection; what came after it is named as well.
    const then = `and was followed by ${processPhrase(end.event)}${deltaPhrase(end.ms - first.ms)}`
    return `${cut(`${subject} ${networkPhrase(first.event)} ${then}`)}${purposeOver(last.event, asked)}`
  }
  if (eventRole(last.event) === 'network') {
    const sameProcess = readText(first.event, 'process.entity_id') === readText(last.event, 'process.entity_id')
    const phrase = networkPhrase(last.event)
    const delta = last === first ? '' : deltaPhrase(last.ms - first.ms)
    if (last === first || sameProcess) return `${cut(`${subject} ${phrase}${delta}`)}${purposeOver(last.event, asked)}`
    return `${cut(`${subject} was followed by ${processPhrase(last.event)}, which ${phrase}${delta}`)}${purposeOver(last.event, asked)}`
  }
  if (records.length === 1) {
    const line = readText(first.event, 'process.command_line') ?? readTexts(first.event, 'process.args').join(' ')
    return cut(line === '' ? `${subject} matched ${ruleName}` : `${subject} executed${purpose(asked)}: ${line}`)
  }
  return `${cut(`${subject} was followed by ${processPhrase(last.event)}${deltaPhrase(last.ms - first.ms)}`)}${purpose(asked)}`
}
