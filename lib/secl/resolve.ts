import type { Diagnostic, Span } from '@/lib/lang/diagnostic'
import { diagnosticAt } from '@/lib/lang/diagnostic'
import { didYouMean, suggestion } from '@/lib/lang/did-you-mean'
import { parseCidr } from '@/lib/lang/ip-address'
import { LIMITS } from '@/lib/limits'
import type { Expr, Identifier, ListExpr, ListItem, NetworkLiteral, TextLiteral } from './ast'
import { CONSTANTS } from './constants'
import { BOOL, DURATION, INT, IP, STRING, describeType } from './field-type'
import type { FieldRead, FieldReference, FieldSchema } from './fields'
import { resolveField } from './fields'
import type { MacroTable } from './macros'
import type { ConstantOperand, ListOperand, NetworkOperand, Operand, Place, TemplateOperand, TextOperand, VariableOperand } from './plan'
import { BUILTIN_VARIABLES, FIELD_VARIABLES } from './variables'
import type { VariableTable } from './variables'

export interface Names {
  readonly schema: FieldSchema
  readonly macros: MacroTable
  readonly variables: VariableTable
}

const INTERPOLATED = /\$\{([^}]*)\}/g

/**
 * Finds what names and literals stand for, and keeps account of what an expression reads. Diagnostics of what stands in a
 * macro point at the macro's name in the rule and say which macro it is.
 */
export class Resolver {
  readonly diagnostics: Diagnostic[] = []
  readonly fields = new Map<string, FieldRead>()
  /** With the place of each one's first use. */
  readonly variables = new Map<string, Span>()
  readonly registers = new Map<string, string>()
  eventType: string | null = null
  private readonly path: string[] = []
  private outer: Span | null = null
  private nodes = 0

  constructor(
    readonly source: string,
    private readonly names: Names,
    /** Reads a macro's expression; the checker's own operand method. */
    private readonly read: (expr: Expr) => Operand | null,
  ) {}

  /** Null is what every failing step answers: the error is reported, the rest is looked at all the same. */
  fail(span: Span, code: string, message: string): null {
    this.report(span, code, message, 'error')
    return null
  }

  warn(span: Span, code: string, message: string): void {
    // A macro is warned about where it is checked by itself.
    if (this.outer === null) this.report(span, code, message, 'warning')
  }

  private report(span: Span, code: string, message: string, severity: 'error' | 'warning'): void {
    if (this.diagnostics.length >= LIMITS.seclDiagnostics) return
    const inMacro = this.outer === null ? message : `in macro [${this.path.at(-1) ?? ''}]: ${message}`
    this.diagnostics.push(diagnosticAt(this.source, this.outer ?? span, code, inMacro, severity))
  }

  place(expr: Expr): Place {
    return { expr, span: this.outer ?? expr.span, macro: this.path.at(-1) ?? null }
  }

  /** Macros in macros can grow without end; every node counts, however often it is written out. */
  tooLarge(expr: Expr): boolean {
    if (++this.nodes === LIMITS.seclConditions) {
      this.fail(expr.span, 'too-large', `with its macros written out the expression has more than ${LIMITS.seclConditions} parts`)
    }
    return this.nodes >= LIMITS.seclConditions
  }

  identifier(expr: Identifier): Operand | null {
    const { name } = expr
    if (name === 'true' || name === 'false') return { kind: 'constant', value: name === 'true', type: BOOL, ...this.place(expr) }
    // Constants have names as short as [A] and [MX]: who defines a macro of that name means the macro.
    if (this.names.macros.has(name)) return this.macro(expr)
    const constant = CONSTANTS.get(name)
    return constant === undefined ? this.field(expr) : { kind: 'constant', value: constant, type: INT, ...this.place(expr) }
  }

  private macro(expr: Identifier): Operand | null {
    const macro = this.names.macros.get(expr.name)
    if (!macro) return null
    if (this.path.includes(expr.name)) return this.fail(expr.span, 'macro-cycle', `the macro [${expr.name}] uses itself`)
    if (this.path.length >= LIMITS.seclDepth) return this.fail(expr.span, 'too-deep', `macros are nested more than ${LIMITS.seclDepth} levels deep`)
    const outer = this.outer
    this.outer ??= expr.span
    this.path.push(expr.name)
    const [wrong] = macro.diagnostics.filter((d) => d.severity === 'error')
    const operand = macro.expr && !wrong ? this.read(macro.expr) : this.fail(expr.span, 'macro', wrong?.message ?? 'it cannot be read')
    this.path.pop()
    this.outer = outer
    return operand
  }

  private field(expr: Identifier): Operand | null {
    const { schema } = this.names
    const field = resolveField(schema, expr.name)
    if ('problem' in field) {
      if (field.problem === 'register') return this.fail(expr.span, 'register', field.message)
      // A letter or two is near to anything.
      const near = field.name.length < 3 ? [] : didYouMean(field.name, [...schema.fields.keys(), ...this.names.macros.keys(), ...CONSTANTS.keys()])
      return this.fail(expr.span, 'unknown-field', `unknown field, macro or constant [${expr.name}]${suggestion(near)}`)
    }
    const old = schema.aliases.has(expr.name)
    if (old) this.warn(expr.span, 'old-name', `[${expr.name}] is an old name of [${field.name}]`)
    const key = `${field.name}${field.length ? '.length' : ''}`
    if (!this.fields.has(key)) this.fields.set(key, { ...field, span: this.outer ?? expr.span })
    if (!this.joinEventType(field, expr) || !this.joinRegister(field, expr)) return null
    return { kind: 'field', field, type: field.type, ...this.place(expr) }
  }

  private joinEventType(field: FieldReference, expr: Identifier): boolean {
    if (field.eventType === null || field.eventType === this.eventType) return true
    if (this.eventType === null) {
      this.eventType = field.eventType
      return true
    }
    this.fail(expr.span, 'event-type', `[${expr.name}] is of the event type [${field.eventType}], and the fields before it of [${this.eventType}]; a rule reads one event type`)
    return false
  }

  private joinRegister(field: FieldReference, expr: Identifier): boolean {
    if (field.register === null || field.iterator === null) return true
    const over = this.registers.get(field.register) ?? field.iterator
    if (over !== field.iterator) {
      this.fail(expr.span, 'register', `the register [${field.register}] walks [${over}] already; name another for [${field.iterator}]`)
      return false
    }
    this.registers.set(field.register, over)
    if (this.registers.size <= LIMITS.seclRegisters) return true
    this.fail(expr.span, 'too-many-registers', `a rule may have ${LIMITS.seclRegisters} named registers at most`)
    return false
  }

  variable(expr: Expr, name: string): VariableOperand | Operand | null {
    const declared = this.names.variables.get(name) ?? BUILTIN_VARIABLES.get(name)
    if (declared) {
      if (!this.variables.has(name)) this.variables.set(name, this.outer ?? expr.span)
      return { kind: 'variable', name, initial: declared.initial, type: declared.type, ...this.place(expr) }
    }
    if (FIELD_VARIABLES.has(name) && this.names.schema.fields.has(name)) {
      return this.field({ kind: 'identifier', name, span: expr.span })
    }
    const near = didYouMean(name, this.names.variables.keys())
    return this.fail(expr.span, 'unknown-variable', `the variable [${name}] does not exist${suggestion(near)}`)
  }

  text(expr: TextLiteral): TextOperand | TemplateOperand | null {
    const place = this.place(expr)
    if (expr.kind === 'string' && expr.value.includes('${')) {
      const parts = this.template(expr)
      if (parts === null) return null
      if (parts.some((p) => typeof p !== 'string')) return { kind: 'template', parts, type: STRING, ...place }
    }
    // In a pattern a quote can be written with its backslash only; every other backslash is one.
    const value = expr.kind === 'pattern' ? expr.value.replaceAll('\\"', '"') : expr.value
    return { kind: 'text', mode: expr.kind, value, type: STRING, ...place }
  }

  private template(expr: TextLiteral): readonly (string | VariableOperand)[] | null {
    const parts: (string | VariableOperand)[] = []
    let at = 0
    for (const match of expr.value.matchAll(INTERPOLATED)) {
      const operand = this.variable(expr, match[1] ?? '')
      if (operand === null) return null
      if (operand.type.base === 'bool') return this.fail(expr.span, 'type', `the variable [${match[1] ?? ''}] is ${describeType(operand.type)} and cannot stand in a string`)
      if (match.index > at) parts.push(expr.value.slice(at, match.index))
      // A built-in variable is a field; it is read the same way, under the variable's name.
      parts.push(operand.kind === 'variable' ? operand : { kind: 'variable', name: match[1] ?? '', initial: undefined, type: operand.type, ...this.place(expr) })
      at = match.index + match[0].length
    }
    if (at < expr.value.length) parts.push(expr.value.slice(at))
    return parts
  }

  network(expr: NetworkLiteral): NetworkOperand | null {
    const block = parseCidr(expr.text)
    if (!block) return this.fail(expr.span, 'network', `[${expr.text.slice(0, 60)}] is no ${expr.kind === 'ip' ? 'address' : 'network'}`)
    return { kind: 'network', block, type: IP, ...this.place(expr) }
  }

  list(expr: ListExpr): ListOperand | null {
    const items: ListOperand['items'][number][] = []
    let failed = false
    for (const item of expr.items) {
      const operand = this.item(item)
      if (operand) items.push(operand)
      else failed = true
    }
    const [first] = items
    if (failed || !first) return null
    return { kind: 'list', items, type: { ...first.type, array: true }, ...this.place(expr) }
  }

  private item(item: ListItem): ListOperand['items'][number] | null {
    if (item.kind === 'identifier') return this.listed(item)
    if (item.kind === 'int') return this.number(item, item.value)
    return 'text' in item ? this.network(item) : this.text(item)
  }

  private listed(item: Identifier): ConstantOperand | null {
    const value = this.identifier(item)
    if (!value) return null
    if (value.kind === 'constant' && value.type.base === 'int') return value
    return this.fail(item.span, 'type', `[${item.name}] is no constant number; a list holds values, not fields`)
  }

  number(expr: Expr, value: ConstantOperand['value'], duration = false): ConstantOperand {
    return { kind: 'constant', value, type: duration ? DURATION : INT, ...this.place(expr) }
  }
}
