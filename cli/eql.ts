import { Option, type Command } from 'commander'

export interface CheckOptions {
  readonly query?: string
  readonly file?: string
  readonly mapping?: string
  readonly json: boolean
}

export interface RunOptions {
  readonly dataFile: readonly string[]
  readonly query?: string
  readonly requests?: string
  readonly mapping?: string
  readonly json: boolean
  readonly size?: number
  readonly resultPosition?: 'head' | 'tail'
  readonly categoryField?: string
  readonly timestampField?: string
  readonly tiebreakerField?: string
}

/** `linklocal eql`: check a query, or run queries over files without storing anything. */
export function registerEql(program: Command): void {
  const eql = program
    .command('eql')
    .summary('check an EQL query, or run it over files without storing anything')
    .description('Checks an EQL query, or runs queries over event files without storing anything.')
  const mapping = () => new Option('--mapping <file>', 'an Elasticsearch mapping (JSON), completed by the documents unless it is not dynamic; without one fields are ECS and unknown ones take their type from the data')
  eql
    .command('check')
    .description('Reports what Elasticsearch would refuse in a query, and what it can hardly mean. Exits 1 when there are errors.')
    .addOption(new Option('--query <eql>', 'the query').conflicts('file'))
    .addOption(new Option('--file <file>', 'a file with the query, - for standard input'))
    .addOption(mapping())
    .option('--json', 'print one JSON object', false)
    .action(async (options: CheckOptions) => {
      const { checkCommand } = await import('./eql/check')
      await checkCommand(options)
    })
  eql
    .command('run')
    .description('Runs a query, or a file of requests as Elasticsearch takes them, over NDJSON or JSON array files (plain, gzip or zstd).')
    .requiredOption('--data-file <file...>', 'event files, - for standard input')
    .addOption(new Option('--query <eql>', 'the query').conflicts('requests'))
    .option('--requests <file>', 'one request body a line; answers one response a line')
    .addOption(mapping())
    .option('--size <n>', 'how many events or sequences to show (10)', Number)
    .addOption(new Option('--result-position <end>', 'which end of the results to show').choices(['head', 'tail']))
    .option('--category-field <name>', 'the field of the event category (event.category)')
    .option('--timestamp-field <name>', 'the field of the time (@timestamp)')
    .option('--tiebreaker-field <name>', 'the field that orders events of one time')
    .option('--json', 'print the response as Elasticsearch would', false)
    .action(async (options: RunOptions) => {
      const { runCommand } = await import('./eql/run')
      await runCommand(options)
    })
}
