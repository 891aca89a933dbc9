import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { openReader } from '@/lib/db/open'
import { AppError, errorMessage } from '@/lib/errors'
import { runImport } from '@/lib/ingest/run-import'
import { parseRuleToml } from '@/lib/rules/parse-toml'
import type { RuleDocument } from '@/lib/rules/schema'
import { StoreSink } from './store-sink'

const samplesSchema = z.array(
  z.object({
    name: z.string().min(1),
    /** How many alerts of this rule the events raise: 0 for a negative sample. */
    alerts: z.number().int().min(0),
    events: z.array(z.record(z.string(), z.unknown())).min(1),
  }),
)

export interface SampleResult {
  readonly rule: RuleDocument
  readonly sample: string
  readonly expected: number
  readonly raised: number
  readonly ok: boolean
}

interface SampledRule {
  readonly rule: RuleDocument
  readonly samples: z.infer<typeof samplesSchema>
}

/**
 * The rules of a pack with the samples beside them: `x.samples.json` for `x.toml`. Throws AppError naming the file that does
 * not read; a rule without samples has an empty list.
 */
export function readSamples(directory: string): readonly SampledRule[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.toml'))
    .sort()
    .map((name) => {
      const rule = parseRuleToml(readFileSync(path.join(directory, name), 'utf8'), name)
      const file = path.join(directory, name.replace(/\.toml$/, '.samples.json'))
      if (!existsSync(file)) return { rule, samples: [] }
      try {
        return { rule, samples: samplesSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) }
      } catch (error) {
        throw new AppError('invalid', `${path.basename(file)}: ${errorMessage(error)}`)
      }
    })
}

/** Runs one sample through the real pipeline, in a database of its own that is removed afterwards. */
export async function runSample(root: string, { rule }: Pick<SampledRule, 'rule'>, sample: SampledRule['samples'][number]): Promise<SampleResult> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'linklocal-sample-'))
  try {
    const sink = new StoreSink({ dataDir, root, clock: () => new Date(0), alone: true })
    async function* bytes(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from(sample.events.map((event) => JSON.stringify(event)).join('\n')))
    }
    const summary = await runImport(sink, () => sink.rules(), bytes(), { name: sample.name, source: 'samples', kind: 'sample' }, { actor: 'rules test' })
    sink.close()
    if (summary.rejected > 0) throw new AppError('invalid', `${rule.rule_id}: sample "${sample.name}": ${summary.rejected} of its events cannot be stored.`)
    const reader = openReader(dataDir)
    const raised = reader
      .prepare<[string], number>('SELECT count(*) FROM alert a JOIN rule r ON r.id = a.rule_id WHERE r.rule_id = ? AND a.retracted_at IS NULL')
      .pluck()
      .get(rule.rule_id)
    reader.close()
    return { rule, sample: sample.name, expected: sample.alerts, raised: raised ?? 0, ok: raised === sample.alerts }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}
