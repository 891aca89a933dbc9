import { unreachable } from '@/lib/invariant'
import type { EventFilter, Expr, Literal, Pipe, Query, SequenceBody, Term } from './ast'
import { KEYWORDS } from './tokens'

/**
 * The canonical text of a query: `parse(print(q))` has the tree of `q`. Parentheses stand only where the grammar needs
 * them, strings are always of the `"…"` form, comments are lost.
 */
export function print(query: Query): string {
  const body = query.body.kind === 'event' ? printFilter(query.body.filter) : printSequence(query.body)
  return [body, ...query.pipes.map(printPipe)].join('\n')
}

function printPipe(pipe: Pipe): string {
  return `| ${[pipe.name, pipe.args.map(printExpr).join(', ')].filter((t) => t !== '').join(' ')}`
}

function printSequence(body: SequenceBody): string {
  const head = [body.kind + printKeys(body.keys)]
  if (body.maxspan) head.push(`with maxspan=${body.maxspan.value}${body.maxspan.unit}`)
  const terms = body.terms.map((t) => `  ${printTerm(t)}`)
  return [head.join(' '), ...terms, ...(body.until ? [`until ${printTerm(body.until)}`] : [])].join('\n')
}

function printTerm(term: Term): string {
  const runs = term.runsSpan ? ` with runs=${term.runs}` : ''
  return `${term.missing ? '!' : ''}[${printFilter(term.filter)}]${printKeys(term.keys)}${runs}`
}

function printKeys(keys: readonly Expr[]): string {
  return keys.length === 0 ? '' : ` by ${keys.map((k) => printAt(k, LEVEL.sum)).join(', ')}`
}

export function printFilter(filter: EventFilter): string {
  return `${printCategory(filter.category)} where ${printExpr(filter.condition)}`
}

function printCategory(category: string | null): string {
  if (category === null) return 'any'
  return isPlainName(category) ? category : printString(category)
}

const LEVEL = { or: 1, and: 2, not: 3, compare: 4, sum: 5, product: 6, unary: 7, predicate: 8, primary: 9 } as const

export function printExpr(expr: Expr): string {
  return printAt(expr, LEVEL.or)
}

function levelOf(expr: Expr): number {
  switch (expr.kind) {
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
    case 'field':
    case 'call':
      return LEVEL.primary
    case 'unary':
      return LEVEL.unary
    case 'arithmetic':
      return expr.op === '+' || expr.op === '-' ? LEVEL.sum : LEVEL.product
    case 'compare':
      return LEVEL.compare
    case 'match':
    case 'in':
      return LEVEL.predicate
    case 'not':
      return LEVEL.not
    case 'and':
      return LEVEL.and
    case 'or':
      return LEVEL.or
    default:
      return unreachable(expr)
  }
}

/** Prints with parentheses if the node binds more loosely than its place allows. */
function printAt(expr: Expr, level: number): string {
  const text = printNode(expr)
  return levelOf(expr) < level ? `(${text})` : text
}

function printNode(expr: Expr): string {
  switch (expr.kind) {
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
      return printLiteral(expr)
    case 'field':
      return `${expr.optional ? '?' : ''}${printFieldName(expr.name)}`
    case 'call':
      return `${expr.name}${expr.insensitive ? '~' : ''}(${expr.args.map(printExpr).join(', ')})`
    case 'unary':
      return `${expr.op}${printAt(expr.operand, LEVEL.unary)}`
    case 'arithmetic': {
      const level = levelOf(expr)
      return `${printAt(expr.left, level)} ${expr.op} ${printAt(expr.right, level + 1)}`
    }
    case 'compare':
      return `${printAt(expr.left, LEVEL.sum)} ${expr.op} ${printAt(expr.right, LEVEL.sum)}`
    case 'match': {
      const patterns = expr.patterns.map(printLiteral).join(', ')
      const operator = expr.op === ':' ? ' :' : ` ${expr.op}`
      return `${printAt(expr.operand, LEVEL.primary)}${operator} ${expr.list ? `(${patterns})` : patterns}`
    }
    case 'in': {
      const operator = `${expr.negated ? 'not ' : ''}in${expr.insensitive ? '~' : ''}`
      return `${printAt(expr.operand, LEVEL.primary)} ${operator} (${expr.items.map(printExpr).join(', ')})`
    }
    case 'not':
      return `not ${printAt(expr.operand, LEVEL.not)}`
    case 'and':
      return expr.terms.map((t) => printAt(t, LEVEL.not)).join(' and ')
    case 'or':
      return expr.terms.map((t) => printAt(t, LEVEL.and)).join(' or ')
    default:
      return unreachable(expr)
  }
}

export function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'null':
      return 'null'
    case 'boolean':
      return String(literal.value)
    case 'number':
      return literal.text
    case 'string':
      return printString(literal.value)
    default:
      return unreachable(literal)
  }
}

const ESCAPED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', '"': '\\"' }

function printString(text: string): string {
  return `"${text.replaceAll(/[\n\r\t\\"]/g, (c) => ESCAPED[c] ?? c)}"`
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z_@](?:[A-Za-z0-9_@]|-(?=[A-Za-z_]))*$/.test(name) && !KEYWORDS.has(name)
}

export function printFieldName(name: string): string {
  const parts = name.split('.')
  // A part that is empty can only be written inside the quotes together with its dots.
  if (parts.includes('')) return quoteName(name)
  return parts.map((part) => (isPlainName(part) ? part : quoteName(part))).join('.')
}

function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
