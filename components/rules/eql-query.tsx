import { highlightEql } from '@/components/rules/highlight-eql'
import { MachinePieces } from '@/components/ui/machine-text/machine-pieces'
import classes from './eql-query.module.css'

/** The lines around a query are its author's; the ones before and after it say nothing. */
function trimmed(query: string): string {
  return query.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd()
}

/** A rule's query as it runs, numbered lines and coloured where its language is EQL. */
export function EqlQuery({ query, language }: { query: string; language: string }) {
  const text = trimmed(query)
  const pieces = language === 'eql' ? highlightEql(text) : [{ kind: 'plain' as const, text }]
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
            <span key={`${i}-${kind}`} className={classes[kind]}>
              {part.split('\n').map((line, n) => (
                <span key={`${n}`}>
                  {n > 0 && '\n'}
                  <MachinePieces text={line} />
                </span>
              ))}
            </span>
          ))}
        </code>
      </pre>
    </section>
  )
}
