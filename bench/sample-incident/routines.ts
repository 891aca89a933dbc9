import { clock } from './clock'
import { SSHD } from './hosts'
import type { Life, Machine, Peer, Tty, User } from './machine'

/** `sh -c …` as a program starts it; dash on Ubuntu. */
export function sh(machine: Machine, parent: Life, at: number, command: string): Life {
  return machine.spawn(parent, at, { path: '/usr/bin/dash', args: ['sh', '-c', command] })
}

/** The services every host has run since boot; what the stories need of them is returned. */
export function services(machine: Machine, pids: { readonly sshd: number; readonly cron: number; readonly ssm: number }, since: number) {
  const ssmPath = '/snap/amazon-ssm-agent/9881/amazon-ssm-agent'
  const cwd = '/snap/amazon-ssm-agent/9881'
  const sshd = machine.before(pids.sshd, since, { path: '/usr/sbin/sshd', args: ['sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'] })
  const cron = machine.before(pids.cron, since, { path: '/usr/sbin/cron', args: ['/usr/sbin/cron', '-f', '-P'] })
  const ssm = machine.before(pids.ssm, since, { path: ssmPath, args: [ssmPath], cwd })
  const worker = machine.before(pids.ssm + 61, since, { path: '/snap/amazon-ssm-agent/9881/ssm-agent-worker', args: ['/snap/amazon-ssm-agent/9881/ssm-agent-worker'], cwd: '/var/snap/amazon-ssm-agent/9881', leads: 'group' }, ssm)
  return { sshd, cron, ssm, worker }
}

/** The agent refreshes its credentials through the metadata service, from its own long-lived process. */
export function ssmRefresh(machine: Machine, worker: Life, times: readonly string[]): void {
  for (const time of times) {
    machine.connect(worker, clock(time), { ip: '169.254.169.254', port: 80 }, { lasts: 21, sent: 412, received: 1893 })
  }
}

export interface Login {
  readonly at: string
  readonly from: Peer
  readonly user: User
  readonly home: string
  /** Without one the session has no terminal, as a script's has. */
  readonly tty?: Tty
  /** Runs before the key is accepted, as child of the connection's root process. */
  readonly authorise?: (connection: Life, at: number) => void
  /** Runs as root before the shell, as PAM does. */
  readonly greet?: (connection: Life, at: number) => void
  /** The remote command of a session without a terminal. */
  readonly command?: string
}

export interface Session {
  readonly connection: Life
  readonly user: Life
  readonly shell: Life
}

/** An SSH connection until its shell runs: listener, root process, unprivileged half, the user's half, shell. */
export function login(machine: Machine, listener: Life, o: Login): Session {
  const t = clock(o.at)
  machine.accept(listener, t, { ip: machine.host.ip, port: 22 }, o.from)
  const connection = machine.spawn(listener, t + 4, { path: '/usr/sbin/sshd', args: ['/usr/sbin/sshd', '-D', '-R'], leads: 'session' })
  const half = machine.fork(connection, t + 38, { user: SSHD })
  o.authorise?.(connection, t + 120)
  machine.end(half, t + 790, 0)
  o.greet?.(connection, t + 830)
  const user = machine.fork(connection, t + 1002, { user: o.user, cwd: o.home })
  const shell = machine.spawn(user, t + 1016, {
    path: '/usr/bin/bash',
    args: o.command === undefined ? ['-bash'] : ['bash', '-c', o.command],
    cwd: o.home,
    leads: 'session',
    tty: o.tty ?? null,
    entry: { type: 'sshd', sourceIp: o.from.ip },
  })
  return { connection, user, shell }
}

export function logout(machine: Machine, session: Session, at: number, code = 0): void {
  machine.end(session.shell, at, code)
  machine.end(session.user, at + 6)
  machine.end(session.connection, at + 11)
}

/** A command typed at a prompt is a process group of its own. */
export function type(machine: Machine, shell: Life, at: string, args: readonly string[], options: { path?: string; lasts?: number; code?: number } = {}): Life {
  const path = options.path ?? `/usr/bin/${args[0] ?? ''}`
  return machine.run(shell, clock(at), { path, args, leads: 'group' }, options.lasts ?? 6, options.code ?? 0)
}
