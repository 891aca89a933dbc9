/** How long after an act of this page what it changed still comes back as news. */
const ECHO_MS = 4_000

const acted = new Map<number, number>()

/** Notes that this page is changing alerts, so that it does not tell of it as of somebody else's doing. */
export function markOwn(alertIds: readonly number[]): void {
  const now = Date.now()
  for (const [id, at] of acted) if (now - at > ECHO_MS) acted.delete(id)
  for (const id of alertIds) acted.set(id, now)
}

export function isOwn(alertId: number): boolean {
  return Date.now() - (acted.get(alertId) ?? 0) < ECHO_MS
}
