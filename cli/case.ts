import { InvalidArgumentError, Option, type Command } from 'commander'
import { EXIT } from '@/cli/failure'
import { parseAlertRef } from '@/lib/alerts/schema'
import { CASE_STATUSES, TLPS, parseCaseRef } from '@/lib/cases/schema'
import type { CaseStatus, Tlp } from '@/lib/cases/schema'
import { SEVERITIES } from '@/lib/rules/schema'
import type { Severity } from '@/lib/rules/schema'

export interface ListOptions {
  readonly status?: CaseStatus
  readonly json: boolean
}

export interface CreateOptions {
  readonly title: string
  readonly description: string
  readonly severity?: Severity
  readonly tlp: Tlp
  readonly alert: readonly number[]
  readonly json: boolean
}

export interface ExportOptions {
  readonly out: string
  readonly showSecrets?: string
  readonly force: boolean
  readonly json: boolean
}

export interface VerifyOptions {
  readonly expect?: string
  readonly json: boolean
}

function parseCase(value: string): number {
  const id = parseCaseRef(value)
  if (id === null) throw new InvalidArgumentError('A case is written like C-1.')
  return id
}

/** Gathers `--alert A-1 A-2 --alert A-3` and the arguments of `add`, also when they are joined by commas. */
function parseAlerts(value: string, before: readonly number[] | undefined): readonly number[] {
  const ids = value.split(',').map((part) => {
    const id = parseAlertRef(part.trim())
    if (id === null) throw new InvalidArgumentError('An alert is written like A-1.')
    return id
  })
  return [...(before ?? []), ...ids]
}

function parseDigest(value: string): string {
  if (!/^[0-9a-fA-F]{64}$/.test(value)) throw new InvalidArgumentError('A SHA-256 has 64 hexadecimal digits.')
  return value
}

/** `linklocal case`: list, create and extend cases, export one, verify an export. */
export function registerCase(program: Command): void {
  const cases = program.command('case').summary('list, create, extend, export, verify and import cases').description('Works with cases: alerts, notes and evidence that belong together.')
  cases
    .command('list')
    .description('Lists cases, the most recently changed first; with --json one object a line.')
    .addOption(new Option('--status <status>', 'only cases with this status').choices(CASE_STATUSES))
    .option('--json', 'print one JSON object a line', false)
    .action(async (options: ListOptions) => {
      const { listCommand } = await import('./case/list')
      await listCommand(options)
    })
  cases
    .command('create')
    .description('Opens a case and prints its reference.')
    .requiredOption('--title <title>', 'what the case is about')
    .option('--description <text>', 'what is known so far', '')
    .addOption(new Option('--severity <severity>', 'by default the worst of its alerts').choices(SEVERITIES))
    .addOption(new Option('--tlp <label>', 'how far it may travel').choices(TLPS).default('amber'))
    .addOption(new Option('--alert <alert...>', 'alerts to begin with, such as A-1 A-2').argParser(parseAlerts).default([], 'none'))
    .option('--json', 'print one JSON object', false)
    .action(async (options: CreateOptions) => {
      const { createCommand } = await import('./case/create')
      await createCommand(options)
    })
  cases
    .command('add')
    .description('Adds alerts to a case; those it already has are left alone.')
    .argument('<case>', 'such as C-1', parseCase)
    .argument('<alert...>', 'such as A-1 A-2', parseAlerts)
    .option('--json', 'print one JSON object', false)
    .action(async (caseId: number, alertIds: readonly number[], options: { json: boolean }) => {
      const { addCommand } = await import('./case/create')
      await addCommand(caseId, alertIds, options)
    })
  cases
    .command('export')
    .description('Writes a case as a ZIP that anyone can verify: records as ingested, process trees, checklists, notes, report, digests.')
    .argument('<case>', 'such as C-1', parseCase)
    .requiredOption('--out <file>', 'the ZIP to write')
    .option('--show-secrets <reason>', 'leave secrets unmasked in the report, the timeline and the trees as text; the audit log keeps the reason')
    .option('--force', 'overwrite the file when it exists', false)
    .option('--json', 'print one JSON object', false)
    .action(async (caseId: number, options: ExportOptions) => {
      const { exportCommand } = await import('./case/export')
      await exportCommand(caseId, options)
    })
  cases
    .command('verify')
    .description('Re-hashes a case export and names every difference. Unpacks nothing and needs no database. Exits 1 when something differs.')
    .argument('<file>', 'the ZIP')
    .option('--expect <sha256>', 'digest of the ZIP or of its manifest that was kept elsewhere', parseDigest)
    .option('--json', 'print one JSON object', false)
    .action(async (file: string, options: VerifyOptions) => {
      const { verifyCommand } = await import('./case/verify')
      await verifyCommand(file, options)
    })
  cases
    .command('import')
    .description('reads a case export back (not yet in this version)')
    .argument('[args...]')
    .allowUnknownOption()
    .action(() => {
      cases.error('linklocal case import: not yet in this version', { exitCode: EXIT.usage })
    })
}
