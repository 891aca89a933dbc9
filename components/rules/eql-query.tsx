import type { ReactNode } from 'react'
import { highlightEql } from '@/components/rules/highlight-eql'
import { MachinePieces } from '@/components/ui/machine-text/machine-pieces'
import classes from './eql-query.module.css'

/** The lines around a query are its author's; the ones before and after it say nothing. */
function trimmed(query: string): string {
  return query.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd()
}

/** A part of the query to point at, in UTF-16 code units of the query as it is stored. */
export interface QueryMark {
  readonly offset: number
  readonly length: number
}

interface Piece {
  readonly kind: string
  readonly text: string
}

/** The text in pieces, those under a mark told apart. Marks inside one another are one. */
function marked(text: string, marks: readonly QueryMark[]): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { offset, length } of marks.toSorted((a, b) => a.offset - b.offset)) {
    if (offset < at) continue
    pieces.push({ kind: 'plain', text: text.slice(at, offset) }, { kind: 'marked', text: text.slice(offset, offset + length) })
    at = offset + length
  }
  return [...pieces, { kind: 'plain', text: text.slice(at) }].filter((piece) => piece.text !== '')
}

function Part({ kind, children }: { kind: string; children: ReactNode }) {
  return kind === 'marked' ? <mark className={classes.marked}>{children}</mark> : <span className={classes[kind]}>{children}</span>
}

interface EqlQueryProps {
  readonly query: string
  readonly language: string
  /** What made the rule match. */
  readonly marks?: readonly QueryMark[]
}

/** A rule's query as it runs, numbered lines, coloured where its language is EQL, with what made it match marked. */
export function EqlQuery({ query, language, marks = [] }: EqlQueryProps) {
  const text = trimmed(query)
  const cut = query.length - query.replace(/^(?:[ \t]*\r?\n)+/, '').length
  const pieces: readonly Piece[] =
    language === 'eql'
      ? highlightEql(text)
      : marked(
          text,
          marks.map(({ offset, length }) => ({ offset: offset - cut, length })),
        )
  const lines = text.split('\n').length
  return (
    // What scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.scroll} tabIndex={0} aria-label="Query text">
      <pre className={classes.numbers} aria-hidden="true">
        {Array.from({ length: lines }, (_, i) => i + 1).join('\n')}
      </pre>
      <pre className={classes.query} dir="ltr">
        <code>
          {pieces.map(({ kind, text: part }, i) => (
            <Part key={`${i}-${kind}`} kind={kind}>
              {part.split('\n').map((line, n) => (
                <span key={`${n}`}>
                  {n > 0 && '\n'}
                  <MachinePieces text={line} />
                </span>
              ))}
            </Part>
          ))}
        </code>
      </pre>
    </section>
  )
}
