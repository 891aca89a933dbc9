import type { ProcessNode } from './model'

/** What the sentences are made from. */
interface Findings {
  readonly nodes: readonly ProcessNode[]
  readonly focusKeys: readonly string[]
  readonly asked: number
  readonly events: number
  readonly ofHost: number
  readonly byPid: number
  readonly unknown: number
  readonly cutAbove: boolean
}

const NAMED = 3

function count(n: number, one: string, many: string): string {
  return n === 1 ? `1 ${one}` : `${n} ${many}`
}

function label(node: ProcessNode): string {
  const name = node.name ?? 'a process'
  return node.pid === null ? name : `${name} (pid ${node.pid})`
}

function list(nodes: readonly ProcessNode[]): string {
  const named = nodes.slice(0, NAMED).map(label).join(', ')
  return nodes.length > NAMED ? `${named} and ${nodes.length - NAMED} more` : named
}

/** Says in whole sentences what the tree does not show and why. An empty list means that nothing is known to be missing. */
export function explainMissing(f: Findings): readonly string[] {
  const sentences: string[] = []
  if (f.events === 0) return ['No events are stored for this host and time, so there is nothing to make a tree of.']
  if (f.ofHost === 0) return ['None of the events is of this host.']
  if (f.nodes.length === 0) {
    return [`None of the ${count(f.ofHost, 'event names', 'events name')} a process: neither process.entity_id nor process.pid is filled in.`]
  }
  if (f.asked > 0 && f.focusKeys.length === 0) {
    sentences.push('The process this tree was asked for is in none of the stored events; what is shown are the others of its host.')
  }
  if (f.unknown > 0) {
    sentences.push(
      `${count(f.unknown, 'event names', 'events name')} no process (neither process.entity_id nor process.pid) and cannot be placed.`,
    )
  }
  if (f.byPid > 0) {
    sentences.push(
      `${count(f.byPid, 'event has', 'events have')} no process.entity_id in the source: those processes are told apart by pid and time, and a pid that was used again without a recorded start may hide two in one.`,
    )
  }
  const ghosts = f.nodes.filter((node) => node.evidence === 'ghost')
  const nameless = ghosts.filter((node) => node.name === null)
  const named = ghosts.filter((node) => node.name !== null)
  if (named.length > 0) {
    sentences.push(
      `Nothing stored tells of the start of ${list(named)}, likely because it was before the first stored event: what is shown comes from the records of the children.`,
    )
  }
  if (nameless.length > 0) {
    sentences.push(`${count(nameless.length, 'ancestor is', 'ancestors are')} known by entity id only: no stored record names ${nameless.length === 1 ? 'it' : 'them'}.`)
  }
  const partial = f.nodes.filter((node) => node.evidence === 'partial')
  if (partial.length > 0) {
    sentences.push(`Of ${list(partial)} only connections, changes or the end are stored: neither exec nor fork.`)
  }
  const rootless = f.nodes.filter((node) => node.parent === null && node.evidence !== 'ghost' && node.pid !== 1)
  if (rootless.length > 0 && !f.cutAbove) sentences.push(`The source does not say who started ${list(rootless)}.`)
  if (f.cutAbove) sentences.push('The ancestry is longer than this tree goes; its uppermost processes are left out.')
  return sentences
}
