import { commandParts } from '@/components/ui/command-line/command-parts'
import { MachinePieces } from '@/components/ui/machine-text/machine-pieces'
import { MASK } from '@/lib/text/secrets'
import classes from './process-tree.module.css'

const SHOWN = 400

/** A command line on one line of a list: metadata addresses marked, secrets masked, cut at the cell's end. */
export function CommandText({ text }: { text: string }) {
  return (
    <span className={classes.command} dir="ltr">
      {commandParts(text.slice(0, SHOWN)).map((part, i) => (
        <span key={`${i}-${part.kind}`} data-part={part.kind}>
          {part.kind === 'secret' ? MASK : <MachinePieces text={part.text.replaceAll('\n', '⏎')} />}
        </span>
      ))}
      {text.length > SHOWN && '…'}
    </span>
  )
}
