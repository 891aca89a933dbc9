/**
 * The table of commands, and how one is found and run. Only the invoked command's file is loaded, so that starting stays
 * quick however much the others import.
 */
import { resolve } from 'node:path'
import { Command, CommanderError, Option } from 'commander'
import { EXIT, reportFailure } from '@/cli/failure'
import { version } from '@/package.json'

/** What each `cli/<name>.ts` exports as `register<Name>`: adds its command, with options and actions, to the program. */
export type RegisterCommand = (program: Command) => void

interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** Left out while the command's file is yet to be written. */
  readonly load?: () => Promise<RegisterCommand>
}

const COMMANDS: readonly CommandEntry[] = [
  { name: 'serve', summary: 'run the console: web, API, ingest and detector', load: async () => (await import('./serve')).registerServe },
  { name: 'ingest', summary: 'read event files or standard input, store them, detect', load: async () => (await import('./ingest')).registerIngest },
  { name: 'alerts', summary: 'list alerts, show one', load: async () => (await import('./alerts')).registerAlerts },
  { name: 'eql', summary: 'check an EQL query, or run it over files without storing anything', load: async () => (await import('./eql')).registerEql },
  { name: 'secl', summary: 'check a SECL expression or policy, or run expressions', load: async () => (await import('./secl')).registerSecl },
  { name: 'rules', summary: 'list, show, enable, disable and test rules', load: async () => (await import('./rules')).registerRules },
  { name: 'exceptions', summary: 'list and preview exceptions', load: async () => (await import('./exceptions')).registerExceptions },
  { name: 'case', summary: 'list, create, extend, export and verify cases', load: async () => (await import('./case')).registerCase },
  { name: 'rejects', summary: 'list, retry and export records that could not be stored', load: async () => (await import('./rejects')).registerRejects },
  { name: 'runs', summary: 'list what the detector did, run by run', load: async () => (await import('./runs')).registerRuns },
  { name: 'retention', summary: 'show and set how long events are kept, and delete what is not', load: async () => (await import('./retention')).registerRetention },
  { name: 'backup', summary: 'take a consistent copy while the server runs', load: async () => (await import('./backup')).registerBackup },
  { name: 'restore', summary: 'bring a backup back', load: async () => (await import('./restore')).registerRestore },
  { name: 'doctor', summary: 'report integrity and health', load: async () => (await import('./doctor')).registerDoctor },
]

/** The name of the command in the arguments: the first word that is neither an option nor the value of `--data`. */
function commandName(args: readonly string[]): string | undefined {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]
    if (arg === '--data') i++
    else if (arg !== undefined && arg !== 'help' && !arg.startsWith('-')) return arg
  }
  return undefined
}

function addPlaceholder(program: Command, entry: CommandEntry): void {
  program
    .command(entry.name)
    .summary(entry.summary)
    .description(`${entry.summary} (not yet in this version)`)
    .argument('[args...]')
    .allowUnknownOption()
    .action(() => {
      program.error(`linklocal ${entry.name}: not yet in this version`, { exitCode: EXIT.usage })
    })
}

/** The program with every command named and the invoked one in full. */
async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('linklocal')
    .description('Investigate theft of cloud credentials from Linux hosts through the instance metadata service.')
    .version(version, '-V, --version', 'print the version')
    .addOption(new Option('--data <dir>', 'data directory').env('LINKLOCAL_DATA').default('./data'))
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', '\nExit codes: 0 done, 1 the thing asked about failed, 2 wrong usage, 3 done but some records were rejected, 4 refused.')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for the options)')
    .exitOverride()
  program.hook('preAction', () => {
    process.env['LINKLOCAL_DATA'] = resolve(program.opts<{ data: string }>().data)
  })
  const invoked = commandName(args)
  for (const entry of COMMANDS) {
    if (entry.name === invoked && entry.load) (await entry.load())(program)
    else if (entry.name === invoked || !entry.load) addPlaceholder(program, entry)
    else program.command(entry.name).summary(entry.summary)
  }
  return program
}

/** Runs one command line (without the program's own name) and answers its exit code. Never throws. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    const program = await buildProgram(args)
    if (args.length === 0) {
      program.outputHelp({ error: true })
      return EXIT.usage
    }
    await program.parseAsync([...args], { from: 'user' })
    return EXIT.done
  } catch (error) {
    // Commander has printed its message. Its own code for wrong usage is 1.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    return reportFailure(error)
  }
}
