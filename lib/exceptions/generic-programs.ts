/**
 * Programs that say nothing of what they run: shells, interpreters, and what starts or carries others. A condition that
 * names one of them alone holds back whatever anyone runs with it. Pure.
 */
import { compileEntries } from './match'
import type { ExceptionEntry } from './schema'

const NAMES: ReadonlySet<string> = new Set(
  [
    'sh bash rbash dash ash zsh ksh mksh pdksh csh tcsh fish busybox toybox pwsh',
    'python pypy perl ruby irb node nodejs deno bun java php lua luajit tclsh wish expect awk gawk mawk nawk rscript dotnet mono guile groovy',
    'sudo su doas pkexec runuser sshd ssh dropbear login getty agetty telnetd',
    'systemd systemd-run init launchd upstart runit supervisord cron crond anacron atd at batch run-parts',
    'env exec nohup setsid timeout xargs nice ionice stdbuf script screen tmux watch time flock chroot unshare nsenter chpst',
    'docker dockerd docker-init containerd containerd-shim containerd-shim-runc runc crun conmon crio podman kubelet tini dumb-init s6-supervise',
  ].flatMap((line) => line.split(' ')),
)

/** Where such programs lie, for patterns to be tried on. */
const FOLDERS = ['', '-', '/bin/', '/usr/bin/', '/sbin/', '/usr/sbin/', '/usr/local/bin/']

/** Fields that say where or who, not what runs. */
export const WHERE_OR_WHO = /^(host|agent|cloud|user|ecs|event|data_stream|orchestrator)\./
const PROGRAM_FIELD = /(^|\.)process\.((parent|group_leader|session_leader|entry_leader|previous)\.)*(executable|name|title|command_line|args)$/

/** The name of a program in a value: of a path its last part, without a login shell's dash and a version (`python3.11`). */
function programName(text: string): string {
  const name = text.slice(text.lastIndexOf('/') + 1).toLowerCase()
  return name.replace(/^-/, '').replace(/(-v?\d+|[\d.]+)$/, '')
}

/** Whether a path, a name or a command line names such a program and nothing it runs: `/usr/bin/bash`, `-bash`, `sudo -i`. */
export function isGenericProgram(value: string): boolean {
  const [program = '', ...args] = value.trim().split(/\s+/)
  return NAMES.has(programName(program)) && args.every((arg) => arg.startsWith('-'))
}

/** The generic program that an entry lets through whatever it runs, as the entry or the program's usual path has it; else null. */
export function genericProgramOf(entry: ExceptionEntry): string | null {
  if (entry.operator === 'excluded' || entry.type === 'exists' || WHERE_OR_WHO.test(entry.field)) return null
  if (entry.type === 'match') return isGenericProgram(entry.value) ? entry.value : null
  if (entry.type === 'match_any') return entry.value.find(isGenericProgram) ?? null
  if (!PROGRAM_FIELD.test(entry.field)) return null
  const fits = compileEntries([{ ...entry, field: 'value' }])
  for (const name of NAMES) {
    for (const folder of FOLDERS) if (fits({ value: folder + name })) return folder + name
  }
  return null
}
