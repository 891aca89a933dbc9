import { focusPath, indexTree, isPassingFork } from '@/lib/process-tree/flatten'
import type { Connection, ProcessNode, ProcessTree } from '@/lib/process-tree/model'
import { visibleText } from '@/lib/text/visible-text'

function connectionText(connection: Connection): string {
  const peer = connection.port === null ? connection.peer : connection.peer.includes(':') ? `[${connection.peer}]:${connection.port}` : `${connection.peer}:${connection.port}`
  const verb = { connect: 'connects to', accept: 'accepts from', lookup: 'looks up' }[connection.kind]
  return `${verb} ${peer}${connection.count > 1 ? ` (${connection.count} times)` : ''}${connection.metadata === null ? '' : ` (${connection.metadata})`}  ${connection.firstAt}`
}

function nodeText(node: ProcessNode, focus: boolean): string {
  const facts = [
    node.pid === null ? '' : `pid ${node.pid}`,
    node.user ?? '',
    node.tty ?? '',
    node.evidence === 'ghost' ? 'not recorded itself' : (node.began ?? ''),
    node.exitCode === null ? '' : `exit ${node.exitCode}`,
  ].filter((fact) => fact !== '')
  const alerts = node.alerts.length === 0 ? '' : `  [${node.alerts.map((alert) => alert.id).join(', ')}]`
  const what = node.commandLine ?? node.executable ?? node.name ?? 'unknown process'
  return `${focus ? '* ' : ''}${what}  (${facts.join(', ')})${node.startedAt === null ? '' : `  ${node.startedAt}`}${alerts}`
}

/** What a tree could not show, and why. */
export function treeNotes(tree: ProcessTree): readonly string[] {
  return [...tree.missing, ...tree.truncated.map((cut) => `${cut.left} ${cut.what} are not shown (${cut.shown} are).`)].map((note) => visibleText(note))
}

/**
 * A process tree as text: one line a process or connection, `*` before what the alerts are about. Hidden characters are
 * written out. Forks that only became another program are left out.
 */
export function treeText(tree: ProcessTree): string {
  const index = indexTree(tree)
  const focus = new Set(tree.focus)
  const path = focusPath(tree, index)
  const lines: string[] = []
  interface Frame {
    readonly node: ProcessNode
    readonly prefix: string
    readonly last: boolean
    readonly root: boolean
  }
  const nodesOf = (keys: readonly string[]) => keys.flatMap((key) => index.get(key) ?? []).filter((node) => path.has(node.key) || !isPassingFork(node))
  const frames = (nodes: readonly ProcessNode[], prefix: string, root: boolean, more: boolean): Frame[] =>
    nodes.map((node, at) => ({ node, prefix, last: !more && at === nodes.length - 1, root }))
  const stack: (Frame | string)[] = frames(nodesOf(tree.roots), '', true, false).reverse()
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next === 'string') {
      lines.push(next)
      continue
    }
    const { node, prefix, last, root } = next
    lines.push(visibleText(`${root ? '' : `${prefix}${last ? '└─ ' : '├─ '}`}${nodeText(node, focus.has(node.key))}`))
    const inner = root ? '' : `${prefix}${last ? '   ' : '│  '}`
    const children = nodesOf(node.children)
    const hasMore = node.cutChildren + node.cutConnections > 0
    for (const connection of node.connections) lines.push(visibleText(`${inner}${children.length > 0 || hasMore ? '│  ' : '   '}· ${connectionText(connection)}`))
    if (hasMore) stack.push(`${inner}└─ … ${node.cutChildren} processes and ${node.cutConnections} connections more`)
    stack.push(...frames(children, inner, false, hasMore).reverse())
  }
  return lines.join('\n')
}
