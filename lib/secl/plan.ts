import type { CidrBlock } from '@/lib/lang/ip-address'
import type { Span } from '@/lib/lang/diagnostic'
import type { CompareOp, Expr } from './ast'
import type { SeclValue } from './context'
import type { StaticType } from './field-type'
import type { FieldReference } from './fields'
import type { SeclInt } from './int64'
import type { TextTest } from './pattern'

/**
 * An expression once names are resolved, macros written out and types agreed: every condition is "a subject of which any
 * (or every) value is accepted". Readonly data; compiling and explaining walk the same tree.
 */
export type Plan = LogicPlan | NotPlan | LeafPlan | TruthPlan

/** Where it stands. `span` is in the rule: for what comes out of a macro, the span of the macro's name. */
export interface Place {
  readonly expr: Expr
  readonly span: Span
  readonly macro: string | null
}

export interface LogicPlan extends Place {
  readonly kind: 'and' | 'or'
  readonly terms: readonly Plan[]
}

export interface NotPlan extends Place {
  readonly kind: 'not'
  readonly operand: Plan
}

/** A value of true or false that stands alone: a field, a variable or a constant. */
export interface TruthPlan extends Place {
  readonly kind: 'truth'
  readonly operand: Operand
}

export interface LeafPlan extends Place {
  readonly kind: 'leaf'
  readonly subject: Operand
  readonly quantifier: 'any' | 'all'
  /** `!=`, `!~` and `not in`: that no value is accepted. */
  readonly negated: boolean
  readonly by: Acceptance
}

export type Acceptance =
  | { readonly kind: 'texts'; readonly items: readonly TextItem[] }
  | { readonly kind: 'numbers'; readonly items: readonly SeclInt[]; readonly places: readonly string[] }
  /** With `all`, every network has to have it, not one. */
  | { readonly kind: 'networks'; readonly items: readonly CidrBlock[]; readonly places: readonly string[]; readonly all: boolean }
  /** Compared with another operand; an instant is turned into its age where the other side is a duration. */
  | { readonly kind: 'operand'; readonly op: RelationOp; readonly other: Operand; readonly age: 'subject' | 'other' | null; readonly ignoreCase: boolean }

export type RelationOp = Extract<CompareOp, '==' | '<' | '<=' | '>' | '>='>

/** One entry of a list of texts, or the one text of a comparison. */
export type TextItem =
  | { readonly kind: 'exact'; readonly text: string; readonly value: string }
  | { readonly kind: 'test'; readonly text: string; readonly test: TextTest }
  | { readonly kind: 'template'; readonly text: string; readonly operand: TemplateOperand }

export type Operand = FieldOperand | VariableOperand | TemplateOperand | ConstantOperand | TextOperand | NetworkOperand | ListOperand | ArithmeticOperand | ConditionOperand

interface Typed extends Place {
  readonly type: StaticType
}

export interface FieldOperand extends Typed {
  readonly kind: 'field'
  readonly field: FieldReference
}

export interface VariableOperand extends Typed {
  readonly kind: 'variable'
  readonly name: string
  /** What it is when the context does not say. */
  readonly initial: SeclValue | undefined
}

export interface TemplateOperand extends Typed {
  readonly kind: 'template'
  readonly parts: readonly (string | VariableOperand)[]
}

/** A number or truth value. */
export interface ConstantOperand extends Typed {
  readonly kind: 'constant'
  readonly value: SeclInt | boolean
}

export interface TextOperand extends Typed {
  readonly kind: 'text'
  readonly mode: 'string' | 'pattern' | 'regex'
  readonly value: string
}

export interface NetworkOperand extends Typed {
  readonly kind: 'network'
  readonly block: CidrBlock
}

export interface ListOperand extends Typed {
  readonly kind: 'list'
  readonly items: readonly (TextOperand | TemplateOperand | ConstantOperand | NetworkOperand)[]
}

export interface ArithmeticOperand extends Typed {
  readonly kind: 'arithmetic'
  readonly op: '+' | '-' | '&' | '|' | '^' | 'negate' | 'complement'
  readonly operands: readonly Operand[]
}

/** A comparison compared: `(a == b) == false`. */
export interface ConditionOperand extends Typed {
  readonly kind: 'condition'
  readonly plan: Plan
}

/** A value that differs from event to event. */
export function isDynamic(operand: Operand): boolean {
  switch (operand.kind) {
    case 'field':
    case 'variable':
    case 'template':
    case 'condition':
      return true
    case 'arithmetic':
      return operand.operands.some(isDynamic)
    default:
      return false
  }
}
