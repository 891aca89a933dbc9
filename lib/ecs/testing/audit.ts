/** Audit records for tests, written as auditd writes them. */
import { TEST_TIME } from './events'

export interface TestAuditOptions {
  /** Milliseconds after `TEST_TIME`. */
  readonly at?: number
  readonly serial: number
  /** null leaves `node=` out. */
  readonly node?: string | null
  readonly pid?: number
  readonly ppid?: number
  readonly exe?: string
  readonly comm?: string
  readonly tty?: string
}

export interface TestAuditExec extends TestAuditOptions {
  readonly args?: readonly string[]
  readonly cwd?: string
}

export interface TestAuditConnect extends TestAuditOptions {
  readonly ip?: string
  readonly port?: number
  readonly exit?: number
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase()
}

/** As the kernel writes text that somebody else chose: quoted, or in hex when a character asks for it. */
function untrusted(text: string): string {
  return /^[\x21\x23-\x7e]+$/.test(text) ? `"${text}"` : hex(text)
}

function line(type: string, options: TestAuditOptions, rest: string): string {
  const ms = TEST_TIME + (options.at ?? 0)
  const node = options.node === null ? '' : `node=${options.node ?? 'web-01'} `
  return `${node}type=${type} msg=audit(${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}:${options.serial}): ${rest}`
}

/** The line of a system call (x86_64) alone. */
export function auditCall(syscall: number, result: string, options: TestAuditOptions): string {
  const { pid = 4711, ppid = 4700, exe = '/usr/bin/curl', tty = 'pts0' } = options
  const comm = options.comm ?? exe.slice(exe.lastIndexOf('/') + 1).slice(0, 15)
  return line(
    'SYSCALL',
    options,
    `arch=c000003e syscall=${syscall} ${result} items=0 ppid=${ppid} pid=${pid} auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 ` +
      `tty=${tty} ses=3 comm=${untrusted(comm)} exe=${untrusted(exe)} subj=unconfined key=(null)`,
  )
}

/** A successful execve: all its lines. */
export function auditExec(options: TestAuditExec): readonly string[] {
  const { exe = '/usr/bin/curl', cwd = '/srv/app' } = options
  const args = options.args ?? [exe.slice(exe.lastIndexOf('/') + 1)]
  return [
    auditCall(59, 'success=yes exit=0 a0=5581 a1=5582 a2=5583 a3=8', options),
    line('EXECVE', options, `argc=${args.length} ${args.map((arg, i) => `a${i}=${untrusted(arg)}`).join(' ')}`),
    line('CWD', options, `cwd=${untrusted(cwd)}`),
    line('PATH', options, `item=0 name=${untrusted(exe)} inode=11 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL`),
    line('EOE', options, ''),
  ]
}

/** A connect that is under way, as most are: all its lines. */
export function auditConnect(options: TestAuditConnect): readonly string[] {
  const { ip = '169.254.169.254', port = 80, exit = -115 } = options
  const bytes = Buffer.from([2, 0, port >> 8, port & 255, ...ip.split('.').map(Number), 0, 0, 0, 0, 0, 0, 0, 0])
  return [
    auditCall(42, `success=${exit === 0 ? 'yes' : 'no'} exit=${exit} a0=5 a1=7ffd a2=10 a3=0`, options),
    line('SOCKADDR', options, `saddr=${bytes.toString('hex').toUpperCase()}`),
    line('EOE', options, ''),
  ]
}

/** A process that forks `child`. */
export function auditFork(options: TestAuditOptions & { readonly child: number }): readonly string[] {
  return [auditCall(56, `success=yes exit=${options.child} a0=1200011 a1=0 a2=0 a3=0`, options), line('EOE', options, '')]
}

/** The end of a process. */
export function auditExit(options: TestAuditOptions): readonly string[] {
  return [auditCall(231, 'a0=0 a1=0 a2=0 a3=0', options), line('EOE', options, '')]
}
