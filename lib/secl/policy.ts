import { LineCounter, isMap, isNode, isSeq, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import type { Diagnostic } from '@/lib/lang/diagnostic'
import { diagnosticAt } from '@/lib/lang/diagnostic'
import { LIMITS } from '@/lib/limits'
import { MACRO, RULE, TOP } from './policy-schema'
import type { PolicyMacro, PolicyRule } from './policy-schema'

export type { PolicyAction, PolicyMacro, PolicyRule } from './policy-schema'

/** A `.policy` file, read. An entry that cannot be understood is kept with what is wrong with it, and the rest goes on. */
export interface Policy {
  readonly version: string
  readonly macros: readonly Entry<PolicyMacro>[]
  readonly rules: readonly Entry<PolicyRule>[]
}

/** `line` is the entry's first in the file, from 1. */
export type Entry<T> =
  | { readonly ok: true; readonly id: string; readonly line: number; readonly value: T }
  | { readonly ok: false; readonly id: string; readonly line: number; readonly problem: string }

export interface PolicyResult {
  /** Null when the file is no policy at all. */
  readonly policy: Policy | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads the YAML of a policy. Nothing is thrown: what is wrong with the file is a diagnostic with its place in it. */
export function parsePolicy(text: string): PolicyResult {
  const refuse = (message: string, start = 0, end = 1): PolicyResult => ({ policy: null, diagnostics: [diagnosticAt(text, { start, end }, 'policy', message)] })
  if (text.length > LIMITS.seclPolicyBytes) return refuse(`the file has ${text.length} characters; at most ${LIMITS.seclPolicyBytes} are accepted`)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', stringKeys: true, prettyErrors: false })
  if (document.errors.length > 0) {
    const diagnostics = document.errors.slice(0, LIMITS.seclDiagnostics).map((e) => diagnosticAt(text, { start: e.pos[0], end: e.pos[1] }, 'yaml', e.message))
    return { policy: null, diagnostics }
  }
  const top = TOP.safeParse(toData(document, null))
  if (!top.success) return refuse(`this is no policy: ${top.error.issues[0]?.message ?? 'it is not understood'}; expected version, macros and rules`)
  const count = (top.data.macros?.length ?? 0) + (top.data.rules?.length ?? 0)
  if (count > LIMITS.seclPolicyEntries) return refuse(`the policy has ${count} rules and macros; at most ${LIMITS.seclPolicyEntries} are accepted`)
  const read = <T>(list: 'macros' | 'rules', raw: readonly unknown[] | undefined, schema: { readonly safeParse: (value: unknown) => Parsed<T> }): Entry<T>[] =>
    (raw ?? []).map((entry, i) => readEntry(entry, lineOf(document, lines, list, i), schema))
  return {
    policy: { version: String(top.data.version), macros: read('macros', top.data.macros, MACRO), rules: read('rules', top.data.rules, RULE) },
    diagnostics: [],
  }
}

type Parsed<T> = { readonly success: true; readonly data: T } | { readonly success: false; readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } }

/** Aliases are counted by the library, which refuses a document that they blow up; what it throws is a text. */
function toData(document: Document, otherwise: unknown): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    return otherwise
  }
}

function readEntry<T>(raw: unknown, line: number, schema: { readonly safeParse: (value: unknown) => Parsed<T> }): Entry<T> {
  const parsed = schema.safeParse(raw)
  const named = typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'string' ? raw.id : ''
  if (parsed.success) return { ok: true, id: named, line, value: parsed.data }
  const [issue] = parsed.error.issues
  const where = issue?.path.length ? `${issue.path.map(String).join('.')}: ` : ''
  return { ok: false, id: named, line, problem: `${where}${issue?.message ?? 'not understood'}` }
}

function lineOf(document: Document, lines: LineCounter, list: string, index: number): number {
  const { contents } = document
  const sequence: unknown = isMap(contents) ? contents.get(list, true) : null
  const node: unknown = isSeq(sequence) ? sequence.items[index] : null
  const range = isNode(node) ? node.range : null
  return range ? lines.linePos(range[0]).line : 1
}
