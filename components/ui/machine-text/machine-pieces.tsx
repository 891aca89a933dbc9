import { visiblePieces } from '@/lib/text/visible-text'
import classes from './machine-text.module.css'

/** The pieces of machine text as elements; for use inside of a monospace element that isolates its direction. */
export function MachinePieces({ text }: { text: string }) {
  return visiblePieces(text).map((piece, i) => {
    // Pieces have no identity but their place, and a text is never edited in place.
    const key = `${i}`
    if (piece.kind === 'text') return <span key={key}>{piece.text}</span>
    if (piece.kind === 'mark') {
      return (
        <span key={key} className={classes.mark} title={piece.title}>
          {piece.text}
        </span>
      )
    }
    return (
      <span key={key}>
        <span className={classes.mark} title="line feed">
          ⏎
        </span>
        {'\n'}
      </span>
    )
  })
}
