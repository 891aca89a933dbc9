import { readFileSync } from 'node:fs'

/** A process of this machine, told from another one that is given its number later. */
export interface ProcessMark {
  readonly pid: number
  /** When it began, in the system's own count; null where the system does not tell. */
  readonly start: string | null
}

/** The state (field 3) and the start (field 22) in `/proc/PID/stat`, counted behind the name, which may hold anything. */
function statOf(pid: number): { readonly state: string; readonly start: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    const start = fields[19]
    return state === undefined || start === undefined ? null : { state, start }
  } catch {
    return null
  }
}

/** The mark of the process that has this number now, this one unless told otherwise. */
export function markOf(pid: number = process.pid): ProcessMark {
  return { pid, start: statOf(pid)?.start ?? null }
}

/** Whether it still runs. After a restart of the machine its number may be that of any other process. */
export function isRunning({ pid, start }: ProcessMark): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process is running all the same.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const now = statOf(pid)
  // One that has ended keeps its number until who started it asks how it ended.
  if (now?.state === 'Z' || now?.state === 'X') return false
  return start === null || now === null || start === now.start
}
