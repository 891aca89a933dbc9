import { IconInfoCircle, IconScissors } from '@tabler/icons-react'
import { visibleText } from '@/lib/text/visible-text'
import type { ProcessTree, TreeCut } from '@/lib/process-tree/index'
import classes from './process-tree.module.css'

function cutText({ what, shown, left }: TreeCut): string {
  const n = left.toLocaleString('en')
  if (what === 'processes') return `Truncated at ${shown.toLocaleString('en')} processes: ${n} more are stored, farther from this alert.`
  if (what === 'generations') return `Truncated: ${n} ${left === 1 ? 'process lies' : 'processes lie'} more generations away than a tree shows.`
  return `Truncated: ${n} further ${left === 1 ? 'peer' : 'peers'} of its connections are counted but not listed.`
}

/** What the tree does not show, and why: shown always, so that nobody takes a gap for an answer. */
export function TreeNotes({ tree }: { tree: ProcessTree }) {
  if (tree.missing.length + tree.truncated.length === 0) return null
  return (
    <ul className={classes.notes} aria-label="What this tree does not show">
      {tree.truncated.map((cut) => (
        <li key={cut.what} data-tone="warn">
          <IconScissors size={14} stroke={1.7} aria-hidden="true" />
          <span>{cutText(cut)}</span>
        </li>
      ))}
      {tree.missing.map((sentence) => (
        <li key={sentence}>
          <IconInfoCircle size={14} stroke={1.7} aria-hidden="true" />
          <span>{visibleText(sentence)}</span>
        </li>
      ))}
    </ul>
  )
}
