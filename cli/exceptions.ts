import { InvalidArgumentError, type Command } from 'commander'
import { EXIT } from '@/cli/failure'

export interface ListOptions {
  readonly json: boolean
}

export interface PreviewCommandOptions {
  readonly file: string
  readonly rule?: string
  readonly stage?: number
  readonly json: boolean
}

function parseStage(value: string): number {
  if (!/^\d{1,3}$/.test(value)) throw new InvalidArgumentError('A stage is a number from 0.')
  return Number(value)
}

/** `linklocal exceptions`: list them, and ask what one would have removed. */
export function registerExceptions(program: Command): void {
  const exceptions = program.command('exceptions').summary('list, import, export and preview exceptions').description('Lists exceptions, or says what one would have removed.')
  exceptions
    .command('list')
    .description('Lists exceptions, newest first; with --json one object a line.')
    .option('--json', 'print one JSON object a line', false)
    .action(async (options: ListOptions) => {
      const { listCommand } = await import('./exceptions/list')
      await listCommand(options)
    })
  exceptions
    .command('preview')
    .description('Says which stored events, alerts and cases an exception item would have removed. Nothing is changed.')
    .requiredOption('--file <file>', 'an exception item as JSON: an object with "entries"; - reads standard input')
    .option('--rule <id>', 'only for the rule with this rule_id, as "rule_id" in the item')
    .option('--stage <n>', 'only records of this stage of the rule, from 0, as "stage" in the item', parseStage)
    .option('--json', 'print one JSON object', false)
    .action(async (options: PreviewCommandOptions) => {
      const { previewCommand } = await import('./exceptions/preview')
      await previewCommand(options)
    })
  for (const name of ['import', 'export']) {
    exceptions
      .command(name)
      .description(`${name} exceptions in the Elastic format (not yet in this version)`)
      .argument('[args...]')
      .allowUnknownOption()
      .action(() => {
        program.error(`linklocal exceptions ${name}: not yet in this version`, { exitCode: EXIT.usage })
      })
  }
}
