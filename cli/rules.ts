import type { Command } from 'commander'
import { EXIT } from '@/cli/failure'

export interface JsonOption {
  readonly json: boolean
}

/** `linklocal rules`: list them, show one, switch one on or off, run their samples. */
export function registerRules(program: Command): void {
  const rules = program
    .command('rules')
    .summary('list, show, import, export, enable, disable and test rules')
    .description('Lists the rules, shows one, switches them on and off, and runs their samples.')
  rules
    .command('list')
    .description('Lists the rules by name; with --json one object a line.')
    .option('--json', 'print one JSON object a line', false)
    .action(async (options: JsonOption) => {
      const { listCommand } = await import('./rules/list')
      await listCommand(options)
    })
  rules
    .command('show')
    .description('Shows a rule with its query, its guide and what it maps to.')
    .argument('<rule>', 'the rule_id, or the beginning of it')
    .option('--json', 'print one JSON object', false)
    .action(async (rule: string, options: JsonOption) => {
      const { showCommand } = await import('./rules/show')
      await showCommand(rule, options)
    })
  for (const [name, enabled] of [['enable', true], ['disable', false]] as const) {
    rules
      .command(name)
      .description(`${enabled ? 'Lets a rule run' : 'Keeps a rule from running'} on events that come in from now on.`)
      .argument('<rule...>', 'rule_ids, or the beginnings of them')
      .option('--json', 'print one JSON object a line', false)
      .action(async (names: string[], options: JsonOption) => {
        const { switchCommand } = await import('./rules/switch')
        await switchCommand(names, enabled, options)
      })
  }
  rules
    .command('test')
    .description('Runs the samples of the bundled rules through the detector; exit 1 when one raises another number of alerts than it should.')
    .argument('[rule...]', 'rule_ids, or the beginnings of them; all without one')
    .option('--json', 'print one JSON object a line', false)
    .action(async (names: string[], options: JsonOption) => {
      const { testCommand } = await import('./rules/test-rules')
      await testCommand(names, options)
    })
  for (const name of ['import', 'export']) {
    rules
      .command(name)
      .description(`${name} rules (not yet in this version)`)
      .argument('[args...]')
      .allowUnknownOption()
      .action(() => {
        program.error(`linklocal rules ${name}: not yet in this version`, { exitCode: EXIT.usage })
      })
  }
}
