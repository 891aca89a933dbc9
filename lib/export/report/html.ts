import { visiblePieces, visibleText } from '@/lib/text/visible-text'

/** Markup that was made by `html`: everything else is text and gets escaped. */
export class Html {
  constructor(readonly source: string) {}
}

export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[]

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' }

function escape(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ESCAPES[character] ?? character)
}

/** Text with hidden characters as marked names, so that they can be told from the same letters in the text. */
function textHtml(text: string, lines: boolean): string {
  return visiblePieces(text)
    .map((piece) => {
      if (piece.kind === 'text' || (piece.kind === 'newline' && lines)) return escape(piece.text)
      return `<span class="hidden-character">${piece.kind === 'newline' ? '⏎' : escape(piece.text)}</span>`
    })
    .join('')
}

/** Text whose line feeds are shown as such: for an element that keeps white space. */
export function multiline(text: string): Html {
  return new Html(textHtml(text, true))
}

function render(value: HtmlValue, inTag: boolean): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) {
    if (inTag) throw new Error('markup inside of a tag')
    return value.source
  }
  if (typeof value === 'object') return value.map((item) => render(item, inTag)).join('')
  return inTag ? escape(visibleText(String(value))) : textHtml(String(value), false)
}

/**
 * A template whose values are text unless they are `Html`. Between `<` and `>` a value is escaped for a quoted attribute;
 * there the template must have the quotes, and never the name of an attribute or a URL made of data.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let source = ''
  let literal = ''
  strings.forEach((part, at) => {
    source += part
    literal += part
    if (at < values.length) source += render(values[at], literal.lastIndexOf('<') > literal.lastIndexOf('>'))
  })
  return new Html(source)
}
