import { lexer, type MarkedToken, type Token, type Tokens } from 'marked'
import type { ReactNode } from 'react'
import { MachinePieces } from '@/components/ui/machine-text/machine-pieces'
import { safeHref } from '@/components/ui/safe-href'
import classes from './markdown.module.css'

const LONGEST = 100_000
const DEEPEST = 24

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' }

function plain(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => ENTITIES[name] ?? whole)
}

interface Place {
  readonly depth: number
  /** Added to the level a heading has in the text, so that its highest fits below the page's own. */
  readonly headingOffset: number
}

function renderList(token: Tokens.List, place: Place): ReactNode {
  const items = token.items.map((item, i) => (
    <li key={`${i}`} className={item.task ? classes.task : undefined}>
      {renderAll(item.tokens, place)}
    </li>
  ))
  return token.ordered ? <ol start={token.start === '' ? undefined : token.start}>{items}</ol> : <ul>{items}</ul>
}

function renderTable(token: Tokens.Table, place: Place): ReactNode {
  return (
    <div className={classes.scroll}>
      <table>
        <thead>
          <tr>
            {token.header.map((cell, i) => (
              <th key={`${i}`} scope="col" style={{ textAlign: cell.align ?? undefined }}>
                {renderAll(cell.tokens, place)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, r) => (
            <tr key={`${r}`}>
              {row.map((cell, i) => (
                <td key={`${i}`} style={{ textAlign: cell.align ?? undefined }}>
                  {renderAll(cell.tokens, place)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function renderLink(token: Tokens.Link, place: Place): ReactNode {
  const href = safeHref(token.href)
  const content = renderAll(token.tokens, place)
  if (href === undefined) return <span title="This link is not followed: only http and https are">{content}</span>
  return (
    <a href={href} rel="noreferrer noopener nofollow" target="_blank" title={href}>
      {content}
    </a>
  )
}

function render(token: MarkedToken, place: Place): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading': {
      const Heading = `h${Math.min(6, token.depth + place.headingOffset)}` as 'h3'
      return <Heading>{renderAll(token.tokens, place)}</Heading>
    }
    case 'paragraph':
      return <p>{renderAll(token.tokens, place)}</p>
    case 'text':
      return token.tokens ? renderAll(token.tokens, place) : plain(token.text)
    case 'escape':
      return token.text
    case 'strong':
      return <strong>{renderAll(token.tokens, place)}</strong>
    case 'em':
      return <em>{renderAll(token.tokens, place)}</em>
    case 'del':
      return <del>{renderAll(token.tokens, place)}</del>
    case 'codespan':
      return (
        <code dir="ltr">
          <MachinePieces text={token.text} />
        </code>
      )
    case 'code':
      return (
        <pre dir="ltr">
          <code>{token.text}</code>
        </pre>
      )
    case 'blockquote':
      return <blockquote>{renderAll(token.tokens, place)}</blockquote>
    case 'list':
      return renderList(token, place)
    case 'checkbox':
      return <span className={classes.box}>{token.checked ? '☑' : '☐'} </span>
    case 'table':
      return renderTable(token, place)
    case 'link':
      return renderLink(token, place)
    // An image would tell its server who reads this and when.
    case 'image':
      return <span>[image: {token.text || token.href}]</span>
    case 'hr':
      return <hr />
    case 'br':
      return <br />
    // Markup is shown, never obeyed.
    case 'html':
      return <span className={classes.html}>{token.text}</span>
    case 'list_item':
      return renderAll(token.tokens, place)
    // A kind that a newer parser invents.
    default:
      return (token satisfies never as Token).raw
  }
}

function renderAll(tokens: readonly Token[], { depth, headingOffset }: Place): ReactNode {
  if (depth > DEEPEST) return tokens.map((token) => token.raw).join('')
  return (tokens as readonly MarkedToken[]).map((token, i) => {
    const key = `${i}-${token.type}`
    return <Piece key={key} token={token} place={{ depth: depth + 1, headingOffset }} />
  })
}

function Piece({ token, place }: { token: MarkedToken; place: Place }) {
  return render(token, place)
}

function parse(text: string, breaks: boolean): readonly Token[] | undefined {
  if (text.length > LONGEST) return undefined
  try {
    return lexer(text, { gfm: true, breaks })
  } catch {
    return undefined
  }
}

function topHeading(tokens: readonly Token[]): number {
  const depths = (tokens as readonly MarkedToken[]).map((token) => (token.type === 'heading' ? token.depth : 6))
  return Math.min(6, ...depths)
}

/**
 * Guides and notes written in Markdown, as elements: no HTML, no images, links to http and https only. What cannot be read
 * (too long, too deeply nested) is shown as the text it is. `headingLevel` is the level that the text's highest heading gets here.
 * `hardWrapped`: its lines were cut to a width, as in rule files, so that a line's end means nothing.
 */
export function Markdown({ children, headingLevel = 3, hardWrapped = false }: { children: string; headingLevel?: number; hardWrapped?: boolean }) {
  const tokens = parse(children, !hardWrapped)
  return (
    <div className={classes.markdown} dir="auto">
      {tokens ? renderAll(tokens, { depth: 0, headingOffset: headingLevel - topHeading(tokens) }) : <pre>{children}</pre>}
    </div>
  )
}
