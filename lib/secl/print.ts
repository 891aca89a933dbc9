import { unreachable } from '@/lib/invariant'
import type { Expr, ListItem } from './ast'

const ESCAPED = /["\\\p{Cc}]/gu
const NAMED: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function quote(value: string): string {
  return `"${value.replaceAll(ESCAPED, (c) => NAMED[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`
}

const LOGIC = { and: ' && ', or: ' || ' } as const

/** Writes an expression in one spelling (`&&`, `||`, `not`, one space); parsing it again gives the same tree. */
export function print(expr: Expr): string {
  switch (expr.kind) {
    case 'identifier':
      return expr.name
    case 'variable':
      return `\${${expr.name}}`
    case 'int':
      return String(expr.value)
    case 'duration':
    case 'ip':
    case 'cidr':
      return expr.text
    case 'string':
      return quote(expr.value)
    case 'pattern':
      return `~"${expr.value}"`
    case 'regex':
      return `r"${expr.value}"`
    case 'list':
      return `[${expr.items.map(printItem).join(', ')}]`
    case 'and':
    case 'or':
      return expr.terms.map(print).join(LOGIC[expr.kind])
    case 'compare':
    case 'membership':
    case 'bit':
      return `${print(expr.left)} ${expr.op} ${print(expr.right)}`
    case 'arithmetic':
      return expr.rest.reduce((text, { op, operand }) => `${text} ${op} ${print(operand)}`, print(expr.first))
    case 'unary':
      return printUnary(expr.op, print(expr.operand))
    case 'group':
      return `(${print(expr.inner)})`
    default:
      return unreachable(expr)
  }
}

/** An entry of a list as it is written there. */
export function printItem(item: ListItem): string {
  return print(item)
}

/** A sign before a digit would become part of the number. */
function printUnary(op: '!' | '-' | '^', operand: string): string {
  if (op === '!') return `not ${operand}`
  return op === '-' && /^[\d:a-fA-F]/.test(operand) ? `- ${operand}` : `${op}${operand}`
}
