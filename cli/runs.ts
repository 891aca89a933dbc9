import { InvalidArgumentError, Option, type Command } from 'commander'
import { RUN_KINDS } from '@/lib/detect/schema'
import type { RunKind } from '@/lib/detect/schema'

export interface RunsOptions {
  readonly rule?: string
  readonly kind?: RunKind
  readonly limit: number
  readonly json: boolean
}

const MOST = 10_000

function parseLimit(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > MOST) throw new InvalidArgumentError(`It is a number from 1 to ${MOST.toLocaleString('en')}.`)
  return limit
}

/** `linklocal runs`: the log of the detector. */
export function registerRuns(program: Command): void {
  program
    .command('runs')
    .summary('list what the detector did, run by run')
    .description('Lists the runs of the detector, newest first: over each import, and over stored events; what each rule found, and what was cut short.')
    .option('--rule <id>', 'only runs in which this rule had anything to do: its rule_id, or the beginning of it')
    .addOption(new Option('--kind <kind>', 'only runs of this kind').choices(RUN_KINDS))
    .option('--limit <n>', 'so many runs at most', parseLimit, 50)
    .option('--json', 'print one JSON object a line', false)
    .action(async (options: RunsOptions) => {
      const { listCommand } = await import('./runs/list')
      await listCommand(options)
    })
}
