import { readText, readValues } from '@/lib/ecs/event'
import { readNumber, type Observation } from './observe'

/** An observation with the keys of its process and of that process's parent. */
export interface Identified {
  readonly observation: Observation
  readonly key: string
  readonly parentKey: string | null
  /** The key of what this pid was before the exec this record is of. */
  readonly execOf: string | null
}

interface Occupant {
  readonly key: string
  readonly parentKey: string | null
  readonly executable: string | undefined
  readonly forked: boolean
}

/**
 * Gives every observation the key of its process. That is the source's entity id; where it has none, the pid together
 * with the moment it began, so that a pid which is used again is another process. The observations must be in order.
 *
 * An exec keeps the pid, and the agent gives it a new entity id: it continues what occupied the pid, unless that has
 * ended, is another parent's child, or was another program than the exec says it replaced.
 */
export function identify(observations: readonly Observation[]): { readonly identified: readonly Identified[]; readonly byPid: number; readonly unknown: number } {
  const occupants = new Map<number, Occupant>()
  const keys = new Set<string>()
  const identified: Identified[] = []
  let byPid = 0
  let unknown = 0

  const newKey = (pid: number, since: string) => {
    let key = `pid ${pid} @ ${since}`
    for (let n = 2; keys.has(key); n++) key = `pid ${pid} @ ${since} (${n})`
    keys.add(key)
    return key
  }
  const parentOf = (o: Observation): string | null => {
    const entity = readText(o.event, 'process.parent.entity_id')
    if (entity !== undefined && entity !== '') return entity
    const pid = readNumber(o.event, 'process.parent.pid') ?? readNumber(o.event, 'process.ppid')
    // Pid 0 is the kernel; a process that says it is its own parent says nothing.
    if (pid === null || pid === 0 || pid === o.pid) return null
    const known = occupants.get(pid)
    if (known) return known.key
    const ghost: Occupant = { key: newKey(pid, 'before'), parentKey: null, executable: undefined, forked: false }
    occupants.set(pid, ghost)
    return ghost.key
  }

  for (const o of observations) {
    const starts = o.phases.some((p) => p === 'fork' || p === 'exec' || p === 'running')
    const before = o.pid === null ? undefined : occupants.get(o.pid)
    let key = o.entityId
    if (key === null || key === '') {
      if (o.pid === null) {
        unknown++
        continue
      }
      byPid++
      // An inventory record tells of the process that is there, if one is.
      const fresh = before === undefined || (starts && !o.phases.includes('running'))
      key = fresh ? newKey(o.pid, starts ? o.atText : 'before') : before.key
    }
    const parentKey = parentOf(o)
    const execOf = o.phases.includes('exec') && !o.phases.includes('fork') && before && before.key !== key && continues(o, before, parentKey) ? before.key : null
    if (o.pid !== null) {
      if (o.phases.includes('end')) occupants.delete(o.pid)
      else if (starts || before === undefined) {
        occupants.set(o.pid, { key, parentKey, executable: readText(o.event, 'process.executable'), forked: o.phases.includes('fork') })
      }
    }
    identified.push({ observation: o, key, parentKey, execOf })
  }
  return { identified, byPid, unknown }
}

function continues(o: Observation, before: Occupant, parentKey: string | null): boolean {
  const replaced = readValues(o.event, 'process.previous.executable')
  if (replaced.length > 0 && before.executable !== undefined) return replaced.includes(before.executable)
  if (before.forked) return true
  return parentKey !== null && parentKey === before.parentKey
}
