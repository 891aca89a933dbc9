import type { RunRule } from '@/lib/detect/schema'

function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

/** What a rule did in a run, in words; the parts that are nothing are left out, but for hits and new alerts. */
export function runOutcome(rule: RunRule): string {
  const parts = [count(rule.hits, 'hit'), count(rule.raised, 'new alert')]
  if (rule.changed > 0) parts.push(`${rule.changed.toLocaleString('en')} changed`)
  if (rule.retracted > 0) parts.push(`${rule.retracted.toLocaleString('en')} retracted`)
  if (rule.heldBack > 0) parts.push(`${count(rule.heldBack, 'match', 'matches')} held back by exceptions`)
  if (rule.overCap > 0) parts.push(`${rule.overCap.toLocaleString('en')} over the cap`)
  return parts.join(', ')
}
