import { lexer } from 'marked'
import type { MarkedToken, Token, Tokens } from 'marked'
import { html, multiline } from './html'
import type { Html, HtmlValue } from './html'

/** Beyond these a text is shown as it is: nobody writes that by hand. */
const LONGEST = 100_000
const DEEPEST = 16
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' }
const LINK = /^(?:https?:|mailto:)/i

function plain(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => ENTITIES[name] ?? whole)
}

function list(token: Tokens.List, depth: number): Html {
  const items = token.items.map((item) => html`<li>${all(item.tokens, depth)}</li>`)
  return token.ordered ? html`<ol start="${token.start === '' ? 1 : token.start}">${items}</ol>` : html`<ul>${items}</ul>`
}

function grid(token: Tokens.Table, depth: number): Html {
  const cells = (row: readonly Tokens.TableCell[]) => row.map((cell) => html`<td>${all(cell.tokens, depth)}</td>`)
  return html`<table><thead><tr>${token.header.map((cell) => html`<th scope="col">${all(cell.tokens, depth)}</th>`)}</tr></thead><tbody>${token.rows.map((row) => html`<tr>${cells(row)}</tr>`)}</tbody></table>`
}

function render(token: MarkedToken, depth: number): HtmlValue {
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading':
      return html`<p class="heading"><strong>${all(token.tokens, depth)}</strong></p>`
    case 'paragraph':
      return html`<p>${all(token.tokens, depth)}</p>`
    case 'text':
      return token.tokens ? all(token.tokens, depth) : plain(token.text)
    case 'escape':
      return token.text
    case 'strong':
      return html`<strong>${all(token.tokens, depth)}</strong>`
    case 'em':
      return html`<em>${all(token.tokens, depth)}</em>`
    case 'del':
      return html`<del>${all(token.tokens, depth)}</del>`
    case 'codespan':
      return html`<code>${token.text}</code>`
    case 'code':
      return html`<pre>${multiline(token.text)}</pre>`
    case 'blockquote':
      return html`<blockquote>${all(token.tokens, depth)}</blockquote>`
    case 'list':
      return list(token, depth)
    case 'list_item':
      return all(token.tokens, depth)
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ '
    case 'table':
      return grid(token, depth)
    // The report is evidence that is passed on: nothing in it leads anywhere by a click, and every address can be read.
    case 'link': {
      const words = all(token.tokens, depth)
      return token.text === token.href || !LINK.test(token.href) ? words : html`${words} <span class="soft">(${token.href})</span>`
    }
    case 'image':
      return html`<span class="soft">[image: ${token.text === '' ? token.href : `${token.text}, ${token.href}`}]</span>`
    case 'hr':
      return html`<hr>`
    case 'br':
      return html`<br>`
    // Markup is shown, never obeyed.
    case 'html':
      return multiline(token.text)
    // A kind that a newer parser invents.
    default:
      return (token satisfies never as Token).raw
  }
}

function all(tokens: readonly Token[], depth: number): readonly HtmlValue[] {
  if (depth > DEEPEST) return tokens.map((token) => token.raw)
  return (tokens as readonly MarkedToken[]).map((token) => render(token, depth + 1))
}

/**
 * What people wrote in Markdown, for the report: no HTML, no images, links as words with their address. What cannot be read is
 * shown as the text it is.
 */
export function markdown(text: string, { hardWrapped = false } = {}): Html {
  if (text.length <= LONGEST) {
    try {
      return html`<div class="prose">${all(lexer(text, { gfm: true, breaks: !hardWrapped }), 0)}</div>`
    } catch {
      // Below.
    }
  }
  return html`<div class="kept">${multiline(text)}</div>`
}

/** The same for one line in a sentence or a heading of its own: emphasis and code, without paragraphs. */
export function inlineMarkdown(text: string): HtmlValue {
  const first = text.length <= LONGEST ? (lexer(text, { gfm: true }) as readonly MarkedToken[]).filter((token) => token.type !== 'space') : []
  const [only] = first
  return first.length === 1 && only?.type === 'paragraph' ? all(only.tokens, 0) : text
}
