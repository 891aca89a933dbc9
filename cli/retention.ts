import type { Command } from 'commander'

export interface RetentionJson {
  readonly json: boolean
}

export interface PolicyOptions extends RetentionJson {
  readonly days?: string
  readonly size?: string
}

const DAYS = 'delete events received more than so many days ago; off keeps them whatever their age'
const SIZE = 'delete the oldest received while the database has more in use, such as 500MiB or 20GiB; off does not limit it'
const JSON_OPTION = ['--json', 'print one JSON object', false] as const

/** `linklocal retention`: how long events are kept, what that would delete, and deleting it. */
export function registerRetention(program: Command): void {
  const retention = program
    .command('retention')
    .summary('show and set how long events are kept, and delete what is not')
    .description('How long events are kept. Records of alerts that are not closed or are in a case are never deleted. Age counts from when events were received.')
  retention
    .command('show')
    .description('Shows the policy, what takes how much of the database, and the last runs.')
    .option(...JSON_OPTION)
    .action(async (options: RetentionJson) => {
      const { showCommand } = await import('./retention/show')
      await showCommand(options)
    })
  retention
    .command('set')
    .description('Sets the policy. The console follows it within the hour; what is not named stays as it is.')
    .option('--days <n>', DAYS)
    .option('--size <bytes>', SIZE)
    .option(...JSON_OPTION)
    .action(async (options: PolicyOptions) => {
      const { setCommand } = await import('./retention/set')
      await setCommand(options)
    })
  retention
    .command('preview')
    .description('Says what the policy, or another one, would delete now. Changes nothing.')
    .option('--days <n>', DAYS)
    .option('--size <bytes>', SIZE)
    .option(...JSON_OPTION)
    .action(async (options: PolicyOptions) => {
      const { previewCommand } = await import('./retention/set')
      await previewCommand(options)
    })
  retention
    .command('run')
    .description('Follows the policy now: by the console when one is running, else here. Exits with 1 when it fails.')
    .option(...JSON_OPTION)
    .action(async (options: RetentionJson) => {
      const { runCommand } = await import('./retention/run')
      process.exitCode = await runCommand(options)
    })
  retention
    .command('compact')
    .description('Writes the database anew without its free pages; the console must not be running. Needs as much room on the disk as is in use.')
    .option(...JSON_OPTION)
    .action(async (options: RetentionJson) => {
      const { compactCommand } = await import('./retention/compact')
      compactCommand(options)
    })
}
