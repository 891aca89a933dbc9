import { InvalidArgumentError, Option, type Command } from 'commander'
import { REJECT_STATES } from '@/lib/ingest/schema'
import type { RejectState } from '@/lib/ingest/schema'

export interface RejectsOptions {
  readonly import?: number
  readonly source?: string
  readonly code?: string
}

export interface ListRejectsOptions extends RejectsOptions {
  readonly state: RejectState | 'all'
  readonly json: boolean
}

export interface ExportRejectsOptions extends RejectsOptions {
  readonly state: RejectState | 'all'
  readonly out?: string
}

export interface RetryRejectsOptions extends RejectsOptions {
  readonly all: boolean
  readonly format?: 'ecs' | 'auditd'
  readonly host?: string
  readonly json: boolean
}

function parseId(text: string): number {
  if (!/^\d{1,15}$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('It is the number of an import, as linklocal runs and the Sources page show it.')
  return Number(text)
}

function withFilter(command: Command): Command {
  return command
    .option('--import <n>', 'only those of this import', parseId)
    .option('--source <name>', 'only those of this source')
    .option('--code <code>', 'only those rejected for this reason, such as no_host')
}

function stateOption(): Option {
  return new Option('--state <state>', 'open: still rejected; resolved: stored by a retry').choices([...REJECT_STATES, 'all']).default('open')
}

/** `linklocal rejects`: list, retry and export the records that could not be stored. */
export function registerRejects(program: Command): void {
  const rejects = program
    .command('rejects')
    .summary('list, retry and export records that could not be stored')
    .description('Lists the records that could not be stored, tries them again, or writes them with their bytes.')
  withFilter(rejects.command('list'))
    .description('Lists rejected records with their place and reason; with --json one object a line.')
    .addOption(stateOption())
    .option('--json', 'print one JSON object a line', false)
    .action(async (options: ListRejectsOptions) => {
      const { listCommand } = await import('./rejects/list')
      await listCommand(options)
    })
  withFilter(rejects.command('retry'))
    .description('Tries rejected records again, as an import of its own for each import that rejected them; exit 3 when some were rejected again.')
    .argument('[id...]', 'numbers of rejected records, as list shows them')
    .option('--all', 'all that are open', false)
    .addOption(new Option('--format <format>', 'read them as this instead of what they were read as').choices(['ecs', 'auditd']))
    .option('--host <name>', 'host of records that do not name theirs')
    .option('--json', 'print the result as one JSON object', false)
    .action(async (ids: string[], options: RetryRejectsOptions) => {
      const { retryCommand } = await import('./rejects/retry')
      process.exitCode = await retryCommand(ids, options)
    })
  withFilter(rejects.command('export'))
    .description('Writes rejected records as NDJSON, each with the bytes that were kept of it (base64, and as text where it is text).')
    .addOption(stateOption())
    .option('--out <file>', 'write to this file instead of standard output')
    .action(async (options: ExportRejectsOptions) => {
      const { exportCommand } = await import('./rejects/export')
      await exportCommand(options)
    })
}
