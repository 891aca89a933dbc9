import type { TestHost } from '@/lib/ecs/testing'
import type { Random } from './random'

/** A user of a machine, with the group of the same name. */
export interface User {
  readonly name: string
  readonly id: string
}

export interface Tty {
  readonly major: number
  readonly minor: number
}

/** How the session a process belongs to came about. */
export interface Entry {
  readonly type: 'init' | 'sshd' | 'ssm'
  readonly sourceIp?: string
}

/** What an exec puts into a process. What is left out is inherited. */
export interface Program {
  /** For a script its own path, as the agent reports it; the interpreter is in `args`. */
  readonly path: string
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly user?: User
  readonly tty?: Tty | null
  /** Becomes the leader of a new session, or only of a new process group. */
  readonly leads?: 'session' | 'group'
  readonly entry?: Entry
}

/** What a process is from one fork or exec to the next: what the agent gives one entity id. */
export interface Image {
  readonly life: Life
  readonly from: number
  readonly by: 'fork' | 'exec' | 'before'
  readonly path: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly user: User
  readonly tty: Tty | null
  readonly session: Life
  readonly group: Life
  readonly entry: Life
  readonly entryMeta: Entry
}

/** One pid from fork to exit. */
export interface Life {
  pid: number
  readonly machine: Machine
  readonly from: number
  readonly images: Image[]
  readonly parents: { readonly from: number; readonly life: Life | null }[]
}

export interface Peer {
  readonly ip: string
  readonly port: number
}

interface Happening {
  readonly at: number
  readonly life: Life
}

export type Occurrence = Happening &
  (
    | { readonly kind: 'fork' | 'exec' | 'already_running' }
    | { readonly kind: 'end'; readonly code: number }
    | {
        readonly kind: 'connection_attempted' | 'connection_accepted' | 'disconnect_received'
        readonly local: Peer
        readonly remote: Peer
        readonly transport: 'tcp' | 'udp'
        readonly bytes?: { readonly sent: number; readonly received: number }
      }
    | { readonly kind: 'lookup_requested' | 'lookup_result'; readonly name: string; readonly resolved: readonly string[] }
  )

/** Default milliseconds from a fork to its exec. */
const EXEC_AFTER = 1

export const ROOT: User = { name: 'root', id: '0' }

function latest<T extends { readonly from: number }>(list: readonly T[], at: number): T {
  let found = list[0]
  for (const item of list) if (item.from <= at) found = item
  if (!found) throw new Error('nothing is known of this process')
  return found
}

/** What a process was at a moment. */
export function imageAt(life: Life, at: number): Image {
  return latest(life.images, at)
}

export function parentAt(life: Life, at: number): Life | null {
  return latest(life.parents, at).life
}

/**
 * One host whose processes fork, exec, connect and end at given milliseconds of the day. Its story may be told in any
 * order: pids are dealt out in the order of the forks when it is over, see `settle`.
 */
export class Machine {
  readonly happened: Occurrence[] = []
  readonly init: Life
  #lives: Life[] = []

  constructor(
    readonly host: TestHost,
    readonly random: Random,
    private readonly firstPid: number,
    bootedAt: number,
  ) {
    this.init = this.#live(1, bootedAt, null)
    this.#image(this.init, bootedAt, 'before', { path: '/usr/lib/systemd/systemd', args: ['/sbin/init'], entry: { type: 'init' }, leads: 'session' })
  }

  /** A process that began before the recording, with the pid it has. Nothing is reported of its beginning. */
  before(pid: number, from: number, program: Program, parent: Life = this.init): Life {
    const life = this.#live(pid, from, parent)
    this.#image(life, from, 'before', { leads: 'session', entry: { type: 'init' }, ...program })
    return life
  }

  /** The agent's inventory of what ran when it started. */
  running(life: Life, at: number): void {
    this.#happen({ kind: 'already_running', life, at })
  }

  fork(parent: Life, at: number, changes: Partial<Program> = {}): Life {
    const when = this.#jitter(at)
    const life = this.#live(0, when, parent)
    this.#lives.push(life)
    const mother = imageAt(parent, when)
    this.#image(life, when, 'fork', { path: mother.path, args: mother.args, ...changes }, mother)
    this.happened.push({ kind: 'fork', life, at: when })
    return life
  }

  exec(life: Life, at: number, program: Program): Life {
    const when = this.#jitter(at)
    this.#image(life, when, 'exec', program)
    this.happened.push({ kind: 'exec', life, at: when })
    return life
  }

  /** A fork and its exec. */
  spawn(parent: Life, at: number, program: Program): Life {
    return this.exec(this.fork(parent, at), at + EXEC_AFTER, program)
  }

  /** A fork, its exec and its end `lasts` milliseconds later. */
  run(parent: Life, at: number, program: Program, lasts = 4, code = 0): Life {
    const life = this.spawn(parent, at, program)
    this.end(life, at + lasts, code)
    return life
  }

  end(life: Life, at: number, code = 0): void {
    this.#happen({ kind: 'end', life, at, code })
  }

  /** The parent is gone: from now on this process is a child of init. */
  orphan(life: Life, at: number): void {
    life.parents.push({ from: at, life: this.init })
  }

  /** An outgoing connection; with `lasts` also its end and the bytes that went over it. */
  connect(life: Life, at: number, remote: Peer, end?: { readonly lasts: number; readonly sent: number; readonly received: number }): void {
    const loopback = remote.ip === '127.0.0.1' || remote.ip === '::1'
    const local = { ip: loopback ? remote.ip : this.host.ip, port: this.random.between(32_768, 60_999) }
    const transport = remote.port === 123 ? 'udp' : 'tcp'
    this.#happen({ kind: 'connection_attempted', life, at, local, remote, transport })
    if (end) {
      const bytes = { sent: end.sent, received: end.received }
      this.#happen({ kind: 'disconnect_received', life, at: at + end.lasts, local, remote, transport, bytes })
    }
  }

  accept(life: Life, at: number, local: Peer, remote: Peer): void {
    this.#happen({ kind: 'connection_accepted', life, at, local, remote, transport: 'tcp' })
  }

  lookup(life: Life, at: number, name: string, answer: { readonly after: number; readonly ip: string }): void {
    this.#happen({ kind: 'lookup_requested', life, at, name, resolved: [] })
    this.#happen({ kind: 'lookup_result', life, at: at + answer.after, name, resolved: [answer.ip] })
  }

  /** Deals out the pids, with the gaps that other, unrecorded work leaves, and puts what happened in order. */
  settle(): readonly Occurrence[] {
    let pid = this.firstPid
    for (const life of this.#lives.toSorted((a, b) => a.from - b.from)) {
      pid += this.random.between(1, 7)
      life.pid = pid
    }
    return this.happened.toSorted((a, b) => a.at - b.at)
  }

  /** Whole milliseconds get random digits behind the point; a moment that has its own keeps them. */
  #jitter(at: number): number {
    return Number.isInteger(at) ? at + this.random.between(0, 9999) / 10_000 : at
  }

  #happen(occurrence: Occurrence): void {
    this.happened.push({ ...occurrence, at: this.#jitter(occurrence.at) })
  }

  #live(pid: number, from: number, parent: Life | null): Life {
    return { pid, machine: this, from, images: [], parents: [{ from, life: parent }] }
  }

  #image(life: Life, from: number, by: Image['by'], program: Program, inherits = life.images.at(-1)): void {
    const leadsSession = program.leads === 'session'
    const terminal = program.tty === undefined ? (leadsSession ? null : inherits?.tty) : program.tty
    life.images.push({
      life,
      from,
      by,
      path: program.path,
      args: program.args ?? [program.path],
      cwd: program.cwd ?? inherits?.cwd ?? '/',
      user: program.user ?? inherits?.user ?? ROOT,
      tty: terminal ?? null,
      session: leadsSession ? life : (inherits?.session ?? life),
      group: program.leads ? life : (inherits?.group ?? life),
      entry: program.entry ? life : (inherits?.entry ?? life),
      entryMeta: program.entry ?? inherits?.entryMeta ?? { type: 'init' },
    })
  }
}
