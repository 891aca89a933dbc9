import { Option, type Command } from 'commander'
import { ALERT_STATUSES } from '@/lib/alerts/schema'
import type { AlertStatus } from '@/lib/alerts/schema'
import { IMDS_PATH_CLASSES } from '@/lib/ecs/imds-path'
import type { ImdsPathClass } from '@/lib/ecs/imds-path'

export interface ListOptions {
  readonly status?: AlertStatus
  readonly rule?: string
  readonly asked?: ImdsPathClass
  readonly role?: string
  readonly retracted?: boolean
  readonly json: boolean
}

export interface ShowOptions {
  readonly showSecrets?: string
  readonly json: boolean
}

/** `linklocal alerts`: list alerts, show one. */
export function registerAlerts(program: Command): void {
  const alerts = program.command('alerts').summary('list alerts, show one').description('Lists alerts, oldest first, or shows one in full.')
  alerts
    .command('list')
    .description('Lists alerts, oldest first; with --json one object a line.')
    .addOption(new Option('--status <status>', 'only alerts with this status').choices(ALERT_STATUSES))
    .option('--rule <id>', 'only alerts of the rule with this rule_id')
    .addOption(new Option('--asked <what>', 'only alerts that asked a metadata service for this').choices(IMDS_PATH_CLASSES))
    .option('--role <name>', 'only alerts that name this role')
    .option('--retracted', 'also alerts whose match a late record took away', false)
    .option('--json', 'print one JSON object a line', false)
    .action(async (options: ListOptions) => {
      const { listCommand } = await import('./alerts/list')
      await listCommand(options)
    })
  alerts
    .command('show')
    .description('Shows an alert with its events, why the rule matched, its checklist and its history.')
    .argument('<alert>', 'a reference such as A-12')
    .option('--show-secrets <reason>', 'leave secrets unmasked; the audit log keeps the reason')
    .option('--json', 'print one JSON object', false)
    .action(async (reference: string, options: ShowOptions) => {
      const { showCommand } = await import('./alerts/show')
      await showCommand(reference, options)
    })
}
