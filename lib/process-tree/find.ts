import type { ProcessNode, ProcessTree } from './model'

/** The text of a node that a search looks at. */
function searched(node: ProcessNode): string {
  const peers = node.connections.flatMap((connection) => [connection.peer, ...connection.resolved])
  return [node.name, node.executable, node.commandLine, node.user, node.tty, node.pid, node.key, ...peers]
    .filter((part) => part !== null)
    .join('\n')
    .toLowerCase()
}

/** Keys of the processes that contain every word of the text, without regard to case, top to bottom. */
export function findInTree(tree: ProcessTree, text: string): readonly string[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '')
  if (words.length === 0) return []
  const matching = tree.nodes.filter((node) => {
    const haystack = searched(node)
    return words.every((word) => haystack.includes(word))
  })
  return matching.map((node) => node.key)
}
