import type { AuditRecord, Entries } from './record'
import { decisionOf } from './decision'

type Value = string | readonly string[]

/** Kinds whose fields stand elsewhere in the event: arguments, paths, addresses. */
const TOLD_ELSEWHERE = new Set(['PATH', 'EXECVE', 'CWD', 'PROCTITLE', 'SOCKADDR', 'EOE'])

function same(a: Value, b: Value): boolean {
  return String(a) === String(b)
}

/**
 * What the records say, by name: of the main one first, the others' beside it. A value whose name another one took is kept under
 * the kind of its record (`avc.pid`), or under `msg` where a program said it inside of the kernel's record (`msg.uid`).
 */
export function recordData(main: AuditRecord, others: readonly AuditRecord[]): Record<string, unknown> {
  const data = new Map<string, Value>()
  const apart = new Map<string, Map<string, Value>>()
  const add = (entries: Entries, label: string): void => {
    for (const [name, value] of entries) {
      const known = data.get(name)
      if (known === undefined) data.set(name, value)
      else if (!same(known, value)) {
        const under = apart.get(label) ?? new Map<string, Value>()
        apart.set(label, under)
        const before = under.get(name)
        under.set(name, before === undefined ? value : [...new Set([before, value].flat())])
      }
    }
  }
  for (const record of [main, ...others]) {
    // Of a lost main record only these are left: then they are what there is to tell.
    if (TOLD_ELSEWHERE.has(record.type) && !TOLD_ELSEWHERE.has(main.type)) continue
    const label = record.type.toLowerCase()
    add(record.ownEntries, label)
    add(record.saidEntries, record === main ? 'msg' : label)
    const decision = decisionOf(record)
    if (decision?.result != null) add([['seresult', decision.result], ...(decision.permissions.length > 0 ? ([['seperms', decision.permissions]] as const) : [])], label)
  }
  // Names come from the sender: fromEntries makes `__proto__` a name like any other.
  return Object.fromEntries([...data, ...[...apart].map(([label, under]) => [label, Object.fromEntries(under)] as const)])
}
