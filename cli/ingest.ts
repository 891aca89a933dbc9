import type { Command } from 'commander'

export interface IngestOptions {
  readonly source?: string
  readonly format: string
  readonly host?: string
  readonly json: boolean
}

/** `linklocal ingest`: files or standard input become stored events and alerts. */
export function registerIngest(program: Command): void {
  program
    .command('ingest')
    .summary('read event files or standard input, store them, detect')
    .description('Reads event files, plain or compressed with gzip or zstd, stores the events and runs the rules. What each file is is told by its content.')
    .argument('<file...>', 'files, folders with all that lies below them, patterns in quotes (\'logs/*.ndjson.gz\'), or - for standard input')
    .option('--source <name>', 'name the events are listed under (default: the name of the file, or of the folder that was named)')
    .option('--format <format>', 'auto; ecs for Elastic Defend and other ECS documents; auditd for audit.log and ausearch', 'auto')
    .option('--host <name>', 'host of records that do not name theirs (audit records without node=, documents without host)')
    .option('--json', 'print the result as one JSON object', false)
    .action(async (files: string[], options: IngestOptions) => {
      const { ingestFiles } = await import('./ingest/run')
      process.exitCode = await ingestFiles(files, options)
    })
}
