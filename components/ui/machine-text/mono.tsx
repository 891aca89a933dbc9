import { MachinePieces } from '@/components/ui/machine-text/machine-pieces'
import { visibleText } from '@/lib/text/visible-text'
import classes from './machine-text.module.css'

const SHOWN = 20_000

interface MonoProps {
  /** What a machine said: any text, trusted in nothing. */
  readonly children: string
  /** `wrap` breaks anywhere; `clip` is one line with an ellipsis and the whole in its title. */
  readonly overflow?: 'wrap' | 'clip'
  readonly dimmed?: boolean
}

/** Machine text: monospace, its own direction, control characters and bidirectional overrides shown as marks. */
export function Mono({ children, overflow = 'wrap', dimmed = false }: MonoProps) {
  const text = children.length > SHOWN ? children.slice(0, SHOWN) : children
  return (
    <span
      className={classes.mono}
      data-overflow={overflow}
      data-dimmed={dimmed || undefined}
      dir="ltr"
      title={overflow === 'clip' ? visibleText(text.slice(0, 2000)) : undefined}
    >
      <MachinePieces text={text} />
      {text.length < children.length && <span className={classes.more}> … {(children.length - text.length).toLocaleString('en')} characters more</span>}
    </span>
  )
}
