import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { Random } from './random'
import { ARGUMENTS, FILES, FOLDERS, PROGRAMS } from './vocabulary'

/** Hosts that write their logs into one file, as a collector does. */
const HOSTS = 6
/** Small enough that pids come round again within some ten thousand events of a host. */
const PID_MAX = 8_192
/** Processes of a host that are alive at a time. */
const ALIVE = 120
const DAEMONS = ['systemd', 'cron', 'sshd', 'nginx', 'postgres', 'dockerd', 'java', 'node'] as const
const CALLS = { open: 2, connect: 42, clone: 56, execve: 59, rename: 82, unlink: 87, exit_group: 231, openat: 257, sendto: 44 } as const
/** What watches of files are asked for. */
const FILE_CALLS = ['openat', 'openat', 'unlink', 'rename'] as const

interface Task {
  readonly pid: number
  readonly ppid: number
  readonly uid: number
  exe: string
  comm: string
  args: readonly string[]
  daemon: boolean
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase()
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** A host as the kernel sees it: processes that fork, execute, connect, touch files and end; pids that are given again. */
class AuditHost {
  readonly #random: Random
  readonly #node: string
  readonly #tasks: Task[] = []
  readonly #inUse = new Set<number>()
  #lastPid = 600
  #serial: number
  #ms: number
  /** Steps that follow one another: a child executes, and what asks the metadata service connects. */
  readonly #due: (() => string[])[] = []

  constructor(index: number, random: Random) {
    this.#random = random
    this.#node = `${random.pick(['web', 'app', 'db', 'ci'])}-${String(index + 1).padStart(2, '0')}`
    this.#serial = 1_000 * (index + 1)
    this.#ms = Date.UTC(2026, 2, 1) + index * 7
    for (const name of DAEMONS) this.#begin({ pid: this.#nextPid(), ppid: 1, uid: 0, exe: `/usr/sbin/${name}`, comm: name, args: [name], daemon: true })
  }

  /** The lines of the next event. */
  next(): string[] {
    this.#ms += this.#random.below(60)
    this.#serial++
    const due = this.#due.shift()
    if (due) return due()
    const kind = this.#random.next()
    if (kind < 0.2 || this.#tasks.length < ALIVE / 4) return this.#fork()
    if (kind < 0.4) return this.#connect(this.#random.pick(this.#tasks), this.#peer(), this.#random.pick([443, 80, 53, 5432, 6379]))
    if (kind < 0.75) return this.#file(this.#random.pick(this.#tasks))
    if (kind < 0.8) return this.#exec(this.#random.pick(this.#tasks))
    return this.#exit()
  }

  #peer(): string {
    const random = this.#random
    // Addresses of resolvers and databases come again and again.
    return random.chance(0.6) ? `10.20.0.${1 + random.below(20)}` : `${1 + random.below(222)}.${random.below(256)}.${random.below(256)}.${random.below(256)}`
  }

  #nextPid(): number {
    do this.#lastPid = this.#lastPid >= PID_MAX ? 300 : this.#lastPid + 1
    while (this.#inUse.has(this.#lastPid))
    return this.#lastPid
  }

  #begin(task: Task): void {
    this.#inUse.add(task.pid)
    this.#tasks.push(task)
  }

  #fork(): string[] {
    const parent = this.#random.pick(this.#tasks)
    const child: Task = { ...parent, pid: this.#nextPid(), ppid: parent.pid, daemon: false }
    this.#begin(child)
    const asks = this.#random.chance(0.00015)
    // Most children execute something; the others serve what their parent serves.
    if (asks || this.#random.chance(0.8)) this.#due.push(() => this.#exec(child, asks))
    if (asks) this.#due.push(() => this.#connect(child, '169.254.169.254', 80))
    return [...this.#call('clone', parent, `success=yes exit=${child.pid} a0=1200011 a1=0 a2=0 a3=7f1c8a0b5a10`), this.#title(parent)]
  }

  #exec(task: Task, asks = false): string[] {
    const random = this.#random
    const name = asks ? 'curl' : random.skewed(PROGRAMS)
    task.exe = asks ? '/usr/bin/curl' : `${random.skewed(FOLDERS)}/${name}`
    task.comm = name.slice(0, 15)
    task.args = [name, ...(asks ? ['-s', 'http://169.254.169.254/latest/meta-data/iam/security-credentials/'] : Array.from({ length: 1 + random.below(6) }, () => random.pick(ARGUMENTS)))]
    const args = task.args.map((arg, i) => `a${i}=${/[^!-~]|"/.test(arg) ? hex(arg) : `"${arg}"`}`).join(' ')
    return [
      ...this.#call('execve', task, `success=yes exit=0 a0=55d0c1${random.hex(6)} a1=55d0c1${random.hex(6)} a2=55d0c1${random.hex(6)} a3=8`),
      this.#line('EXECVE', `argc=${task.args.length} ${args}`),
      this.#line('CWD', `cwd="${random.pick(['/', '/root', '/srv/www', '/home/build/project', '/tmp'])}"`),
      this.#path(0, task.exe, 'NORMAL'),
      this.#path(1, '/lib64/ld-linux-x86-64.so.2', 'NORMAL'),
      this.#title(task),
    ]
  }

  #connect(task: Task, ip: string, port: number): string[] {
    const address = ip.split('.').map((part) => Number(part).toString(16).padStart(2, '0')).join('')
    return [
      ...this.#call('connect', task, `success=no exit=-115 a0=${3 + this.#random.below(30)} a1=7ffc${this.#random.hex(8)} a2=10 a3=0`),
      this.#line('SOCKADDR', `saddr=${`0200${port.toString(16).padStart(4, '0')}${address}0000000000000000`.toUpperCase()}`),
      this.#title(task),
    ]
  }

  #file(task: Task): string[] {
    const random = this.#random
    const call = random.pick(FILE_CALLS)
    const path = random.skewed(FILES) + random.hex(6)
    return [
      ...this.#call(call, task, `success=yes exit=${random.below(40)} a0=ffffff9c a1=7ffc${random.hex(8)} a2=241 a3=1b6`),
      this.#line('CWD', 'cwd="/"'),
      this.#path(0, path.slice(0, path.lastIndexOf('/') + 1), 'PARENT'),
      this.#path(1, path, call === 'unlink' ? 'DELETE' : 'CREATE'),
      this.#title(task),
    ]
  }

  #exit(): string[] {
    const at = this.#random.below(this.#tasks.length)
    const task = this.#tasks[at]
    if (!task || task.daemon) return this.#fork()
    this.#tasks.splice(at, 1)
    this.#inUse.delete(task.pid)
    return this.#call('exit_group', task, 'a0=0 a1=0 a2=0 a3=0')
  }

  #call(call: keyof typeof CALLS, { pid, ppid, uid, exe, comm }: Task, rest: string): string[] {
    const ids = ['uid', 'gid', 'euid', 'suid', 'fsuid', 'egid', 'sgid', 'fsgid'].map((name) => `${name}=${uid}`).join(' ')
    return [
      this.#line('SYSCALL', `arch=c000003e syscall=${CALLS[call]} ${rest} items=0 ppid=${ppid} pid=${pid} auid=1000 ${ids} tty=pts0 ses=3 comm="${comm}" exe="${exe}" subj=unconfined key="${call}"`),
    ]
  }

  #path(item: number, name: string, type: string): string {
    return this.#line('PATH', `item=${item} name="${name}" inode=${100_000 + this.#random.below(900_000)} dev=fd:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=${type} cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0`)
  }

  #title({ args }: Task): string {
    return this.#line('PROCTITLE', `proctitle=${args.length > 1 ? hex(args.join('\u0000').slice(0, 128)) : `"${baseName(args[0] ?? '')}"`}`)
  }

  /** The end of an event, once its lines are there. */
  end(): string {
    return this.#line('EOE', '')
  }

  #line(type: string, body: string): string {
    const seconds = `${Math.floor(this.#ms / 1000)}.${String(this.#ms % 1000).padStart(3, '0')}`
    return `node=${this.#node} type=${type} msg=audit(${seconds}:${this.#serial}): ${body}\n`
  }
}

/** Writes a seeded audit log of so many events, beside the file until it is whole. */
export function writeAudit(file: string, events: number, seed: number): void {
  mkdirSync(dirname(file), { recursive: true })
  const random = new Random(seed)
  const hosts = Array.from({ length: HOSTS }, (_, i) => new AuditHost(i, random))
  const fd = openSync(`${file}.part`, 'w')
  let text = ''
  for (let i = 0; i < events; i++) {
    const host = random.pick(hosts)
    text += [...host.next(), host.end()].join('')
    if (text.length > 1 << 20) {
      writeSync(fd, text)
      text = ''
    }
  }
  writeSync(fd, text)
  closeSync(fd)
  renameSync(`${file}.part`, file)
}
