/**
 * lib/lang: what the query languages share and nothing else: source positions, diagnostics with a code frame, wildcards,
 * addresses. An author's mistake is a value of this kind, never an exception.
 */

export type DiagnosticSeverity = 'error' | 'warning'

/** `line` and `column` are 1-based, `length` is in UTF-16 code units of that line (at least 1), `offset` is 0-based. */
export interface Diagnostic {
  readonly code: string
  readonly message: string
  readonly severity: DiagnosticSeverity
  readonly offset: number
  readonly line: number
  readonly column: number
  readonly length: number
}

/** A half-open range of the source text, in UTF-16 code units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** 1-based line and column of an offset; `\n`, `\r\n` and `\r` each end a line. */
export function positionAt(source: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1
  let lineStart = 0
  const end = Math.min(offset, source.length)
  for (let i = 0; i < end; i++) {
    const c = source.charCodeAt(i)
    if (c === 10 || (c === 13 && source.charCodeAt(i + 1) !== 10)) {
      line++
      lineStart = i + 1
    }
  }
  return { line, column: end - lineStart + 1 }
}

/** A diagnostic whose position is computed from the span; the length never reaches over the end of its line. */
export function diagnosticAt(
  source: string,
  span: Span,
  code: string,
  message: string,
  severity: DiagnosticSeverity = 'error',
): Diagnostic {
  const { line, column } = positionAt(source, span.start)
  const text = source.slice(span.start, Math.max(span.end, span.start))
  const firstLine = text.split(/\r\n|\r|\n/, 1)[0] ?? ''
  return { code, message, severity, offset: span.start, line, column, length: Math.max(1, firstLine.length) }
}

const FRAME_WIDTH = 120

/** The line of the diagnostic with a caret line below it, for a terminal or a `<pre>`; long lines are cut around the place. */
export function codeFrame(source: string, diagnostic: Diagnostic): string {
  const text = source.split(/\r\n|\r|\n/)[diagnostic.line - 1] ?? ''
  const from = Math.max(0, diagnostic.column - 1 - Math.floor(FRAME_WIDTH / 2))
  const shown = text.slice(from, from + FRAME_WIDTH).replaceAll('\t', ' ')
  const gutter = `${diagnostic.line} | `
  const lead = from > 0 ? '…' : ''
  const tail = from + FRAME_WIDTH < text.length ? '…' : ''
  const caretAt = diagnostic.column - 1 - from + lead.length
  const caretLength = Math.max(1, Math.min(diagnostic.length, lead.length + shown.length - caretAt))
  return `${gutter}${lead}${shown}${tail}\n${' '.repeat(gutter.length - 2)}| ${' '.repeat(caretAt)}${'^'.repeat(caretLength)}`
}
