import { Option, type Command } from 'commander'

export interface CheckOptions {
  readonly expr?: string
  readonly policy?: readonly string[]
  readonly agentVersion?: string
  readonly json: boolean
}

export interface RunOptions {
  readonly requests: string
}

/** `linklocal secl`: check an expression or a policy, or run expressions on values given with them. */
export function registerSecl(program: Command): void {
  const secl = program
    .command('secl')
    .summary('check a SECL expression or policy, or run expressions')
    .description('Checks a SECL expression or a policy file, or runs expressions on values without storing anything.')
  secl
    .command('check')
    .description('Reports what is wrong with an expression, or the state of every rule and macro of a policy. Exits 1 when there are errors.')
    .addOption(new Option('--expr <secl>', 'the expression').conflicts('policy'))
    .addOption(new Option('--policy <file...>', 'policy files, later ones overriding earlier ones; - for standard input'))
    .addOption(new Option('--agent-version <version>', 'which agent’s rules are taken of those that come in several versions'))
    .option('--json', 'print one JSON object for an expression, one a line for a policy', false)
    .action(async (options: CheckOptions) => {
      const { checkCommand } = await import('./secl/check')
      await checkCommand(options)
    })
  secl
    .command('run')
    .description('Reads one request a line, {"expr", "needs", "macros", "variables", "now"}, and answers {"result"} or {"error"} on a line each.')
    .requiredOption('--requests <file>', 'NDJSON requests, - for standard input')
    .option('--json', 'answers are JSON in any case', false)
    .action(async (options: RunOptions) => {
      const { runCommand } = await import('./secl/run')
      await runCommand(options)
    })
}
