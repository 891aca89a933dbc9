import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { EXIT } from '@/cli/failure'
import type { CheckOptions } from '@/cli/secl'
import { AppError } from '@/lib/errors'
import { codeFrame } from '@/lib/lang/diagnostic'
import type { Diagnostic } from '@/lib/lang/diagnostic'
import { compileExpression, loadPolicy, parsePolicy, suiteFields } from '@/lib/secl'
import type { LoadedEntry, Policy } from '@/lib/secl'

export async function checkCommand(options: CheckOptions): Promise<void> {
  if (options.expr !== undefined) checkExpression(options.expr, options.json)
  else if (options.policy !== undefined) await checkPolicies(options.policy, options)
  else throw new AppError('invalid', 'give the expression with --expr or a policy with --policy')
}

function toJson({ code, message, line, column, length, severity }: Diagnostic): object {
  return { code, message, line, column, length, severity }
}

function checkExpression(source: string, json: boolean): void {
  const { ok, diagnostics } = compileExpression(source, { schema: suiteFields() })
  if (json) process.stdout.write(`${JSON.stringify({ ok, diagnostics: diagnostics.map(toJson) })}\n`)
  else {
    report(source, diagnostics)
    if (ok) process.stdout.write('The expression is fine.\n')
  }
  if (!ok) process.exitCode = EXIT.failed
}

function report(source: string, diagnostics: readonly Diagnostic[], file = ''): void {
  for (const diagnostic of diagnostics) {
    const { line, column, severity, message, code } = diagnostic
    process.stderr.write(`${file}${line}:${column} ${severity}: ${message} (${code})\n${codeFrame(source, diagnostic)}\n\n`)
  }
}

async function checkPolicies(files: readonly string[], options: CheckOptions): Promise<void> {
  const policies: Policy[] = []
  for (const file of files) {
    const source = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
    const { policy, diagnostics } = parsePolicy(source)
    if (policy) policies.push(policy)
    else {
      report(source, diagnostics, `${file}:`)
      process.exitCode = EXIT.failed
    }
  }
  const loaded = loadPolicy(policies, options.agentVersion === undefined ? {} : { agentVersion: options.agentVersion })
  const entries: readonly LoadedEntry[] = [...loaded.macros, ...loaded.rules]
  for (const entry of entries) process.stdout.write(`${options.json ? toLine(entry) : describe(entry)}\n`)
  if (!options.json) process.stdout.write(`${summary(entries)}\n`)
  if (entries.some((e) => e.state === 'error')) process.exitCode = EXIT.failed
}

function toLine({ id, kind, state, reason, column }: LoadedEntry): string {
  return JSON.stringify({ id, kind, state, reason, column })
}

function describe({ id, kind, state, reason, column }: LoadedEntry): string {
  const why = reason === null ? '' : `: ${reason}${column === null ? '' : ` (column ${column})`}`
  return `${state.padEnd(11)} ${kind.padEnd(5)} ${id}${why}`
}

function summary(entries: readonly LoadedEntry[]): string {
  const counts = new Map<string, number>()
  for (const { state } of entries) counts.set(state, (counts.get(state) ?? 0) + 1)
  return `${entries.length} rules and macros: ${[...counts].map(([state, n]) => `${n} ${state}`).join(', ')}`
}
