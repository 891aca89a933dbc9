import path from 'node:path'
import { EXIT } from '@/cli/failure'
import type { JsonOption } from '@/cli/rules'
import { readSamples, runSample } from '@/lib/detect/rule-samples'
import { readEnv } from '@/lib/env'
import { AppError } from '@/lib/errors'

/** `linklocal rules test`: runs the samples of the bundled rules, or of those named; 1 when one does not give what it should. */
export async function testCommand(names: readonly string[], options: JsonOption): Promise<void> {
  const { root } = readEnv()
  const all = readSamples(path.join(root, 'rules'))
  const unknown = names.find((name) => !all.some(({ rule }) => rule.rule_id.startsWith(name)))
  if (unknown !== undefined) throw new AppError('not_found', `There is no bundled rule whose rule_id begins with ${unknown}.`)
  const chosen = names.length === 0 ? all : all.filter(({ rule }) => names.some((name) => rule.rule_id.startsWith(name)))
  let failed = 0
  let passed = 0
  for (const { rule, samples } of chosen) {
    if (!options.json) process.stdout.write(`${rule.name}\n${samples.length === 0 ? '  no samples\n' : ''}`)
    for (const sample of samples) {
      // oxlint-disable-next-line no-await-in-loop -- each has a database of its own; one after another keeps the order
      const result = await runSample(root, { rule }, sample)
      if (result.ok) passed++
      else failed++
      const line = { rule_id: rule.rule_id, rule_name: rule.name, sample: result.sample, expected: result.expected, raised: result.raised, ok: result.ok }
      process.stdout.write(options.json ? `${JSON.stringify(line)}\n` : `  ${result.ok ? 'ok    ' : 'FAILED'} ${result.sample}: ${result.raised} of ${result.expected}\n`)
    }
  }
  if (!options.json) process.stdout.write(`${passed} passed, ${failed} failed\n`)
  if (failed > 0) process.exitCode = EXIT.failed
}
