import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { EXIT } from '@/cli/failure'
import type { CheckOptions } from '@/cli/eql'
import { AppError } from '@/lib/errors'
import { compile } from '@/lib/eql'
import { codeFrame } from '@/lib/lang/diagnostic'
import type { Diagnostic } from '@/lib/lang/diagnostic'
import { readMapping } from './mapping'

async function readQuery({ query, file }: CheckOptions): Promise<string> {
  if (query !== undefined) return query
  if (file === undefined) throw new AppError('invalid', 'give the query with --query or --file')
  return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
}

export async function checkCommand(options: CheckOptions): Promise<void> {
  const source = await readQuery(options)
  const schema = await readMapping(options.mapping)
  const { ok, diagnostics } = compile(source, { schema, now: Date.now() })
  if (options.json) process.stdout.write(`${JSON.stringify({ ok, diagnostics: diagnostics.map(toJson) })}\n`)
  else report(source, ok, diagnostics)
  if (!ok) process.exitCode = EXIT.failed
}

function toJson({ code, message, line, column, length, severity }: Diagnostic): object {
  return { code, message, line, column, length, severity }
}

function report(source: string, ok: boolean, diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) {
    const { line, column, severity, message, code } = diagnostic
    process.stderr.write(`${line}:${column} ${severity}: ${message} (${code})\n${codeFrame(source, diagnostic)}\n\n`)
  }
  if (ok) process.stdout.write('The query is fine.\n')
}
