import type { Transaction } from '@/lib/db/client'

/**
 * Has the matches joined again that an exception held back: those that no exception holds back any more become alerts, by the
 * storing thread, as if they had come now. Called in the transaction that switches the exception off or deletes it. Answers how
 * many would become alerts.
 */
export async function queueHeldBack(tx: Transaction, exceptionId: number): Promise<number> {
  const [row] = await tx.$queryRaw<{ n: number | bigint }[]>`
    SELECT count(*) AS n FROM excluded_match m WHERE m.exception_id = ${exceptionId}
      AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.rule_id = m.rule_id AND a.event_id = m.event_id AND a.retracted_at IS NULL)`
  const count = Number(row?.n ?? 0)
  if (count === 0) return 0
  await tx.$executeRaw`
    INSERT INTO join_queue (rule_id, "key", from_ts, to_ts, import_id)
    SELECT h.rule_id, h."key", min(h.ts), max(h.ts), NULL FROM excluded_match m JOIN rule_hit h ON h.event_id = m.event_id AND h.rule_id = m.rule_id
     WHERE m.exception_id = ${exceptionId} GROUP BY h.rule_id, h."key"
    ON CONFLICT (rule_id, "key") DO UPDATE SET from_ts = min(from_ts, excluded.from_ts), to_ts = max(to_ts, excluded.to_ts), version = version + 1`
  // Tells the storing thread, which otherwise looks at the queue when something comes.
  await tx.$executeRaw`INSERT INTO revision (name, value) VALUES ('joins', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1`
  return count
}
