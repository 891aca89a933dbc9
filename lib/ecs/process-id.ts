/**
 * Entity ids for sources that only have pids: host, pid and, where it is known, when the life began, so that two processes
 * that had a pid one after the other differ. A function of what is stored, never of the order in which it came.
 */

const PREFIX = 'pid:'

/** `since` is in milliseconds since the epoch; undefined when nothing tells where the life began. */
export function pidEntityId(hostId: string, pid: number, since?: number): string {
  return since === undefined ? `${PREFIX}${hostId}:${pid}` : `${PREFIX}${hostId}:${pid}@${since}`
}

/** The id without the life: what all lives of a pid share, so that an index finds them before it is known which is which. */
export function withoutLife(entityId: string): string {
  return entityId.startsWith(PREFIX) ? entityId.replace(/@\d+$/, '') : entityId
}

/** Whether an id is no sensor's but stands for a pid whose life is yet to be told. */
export function isBarePid(entityId: string, hostId: string, pid: number | null): boolean {
  return pid !== null && entityId.startsWith(PREFIX) && entityId === pidEntityId(hostId, pid)
}
