import { foldAscii } from '@/lib/lang/ascii-fold'
import { compileGlob } from './glob'
import { compilePattern } from './pattern'
import type { MatcherResult } from './pattern'
import type { Operand, TemplateOperand, TextItem, TextOperand } from './plan'
import { print } from './print'
import { compileRegex } from './regex'
import type { Resolver } from './resolve'

/** How texts of a subject are matched: a path's patterns are globs, a DNS name's case does not matter. */
export interface TextStyle {
  readonly path: boolean
  readonly windows: boolean
  readonly ignoreCase: boolean
  /** A field whose every value is a path of the file system takes no regular expression. */
  readonly noRegex: string | null
}

const PLAIN: TextStyle = { path: false, windows: false, ignoreCase: false, noRegex: null }

/** The style of what a text is compared with. */
export function styleOf(operand: Operand): TextStyle {
  if (operand.kind !== 'field') return PLAIN
  const { name, type } = operand.field
  return { path: type.path, windows: type.windows, ignoreCase: type.ignoreCase, noRegex: type.path && name.endsWith('.path') ? name : null }
}

/** Prepares a text for one subject; null when it cannot be a pattern there, which is reported at the text. */
export function textItem(names: Resolver, operand: TextOperand | TemplateOperand, style: TextStyle, forced = false): TextItem | null {
  const text = print(operand.expr)
  if (operand.kind === 'template') return { kind: 'template', text, operand }
  const { mode, value } = operand
  if (mode === 'string' && !forced) {
    if (!style.ignoreCase) return { kind: 'exact', text, value }
    const folded = foldAscii(value)
    return { kind: 'test', text, test: (candidate) => foldAscii(candidate) === folded }
  }
  if (mode === 'regex' && style.noRegex !== null) {
    return names.fail(operand.expr.span, 'regex-on-path', `[${style.noRegex}] takes no regular expression; write a pattern: ~"/etc/**"`)
  }
  const compiled = compile(mode, value, style)
  if (compiled.ok) return { kind: 'test', text, test: compiled.test }
  return names.fail(operand.expr.span, mode === 'regex' ? 'bad-regex' : (compiled.code ?? 'bad-pattern'), compiled.message)
}

function compile(mode: TextOperand['mode'], value: string, style: TextStyle): MatcherResult {
  if (mode === 'regex') return compileRegex(value, style.ignoreCase)
  if (!style.path) return compilePattern(value, style.ignoreCase)
  if (!style.windows) return compileGlob(value, style.ignoreCase)
  const glob = compileGlob(value.replaceAll('\\', '/'), style.ignoreCase)
  return glob.ok ? { ok: true, test: (path) => glob.test(path.replaceAll('\\', '/')) } : glob
}
